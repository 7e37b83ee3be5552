import { BlockList, isIP } from 'node:net';

/** Everything that is not the public Internet (IANA's special-purpose registries), the clouds' metadata services included. */
const NOT_PUBLIC = new BlockList();
const V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;
for (const [network, prefix] of V4) NOT_PUBLIC.addSubnet(network, prefix, 'ipv4');
// Alibaba's and Oracle's metadata services lie among public or shared addresses.
for (const address of ['100.100.100.200', '192.0.0.192', '168.63.129.16'])
  NOT_PUBLIC.addAddress(address, 'ipv4');

/** Public IPv6 is 2000::/3 without what leads elsewhere: documentation, Teredo, 6to4, ORCHID, benchmarks. */
const PUBLIC_V6 = new BlockList();
PUBLIC_V6.addSubnet('2000::', 3, 'ipv6');
const NOT_PUBLIC_V6 = new BlockList();
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  NOT_PUBLIC_V6.addSubnet(network, prefix, 'ipv6');
}

/** Whether an address is one of the public Internet. False for what is no address. IPv4 inside IPv6 is not public. */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '');
  switch (isIP(bare)) {
    case 4:
      return !NOT_PUBLIC.check(bare, 'ipv4');
    case 6:
      return PUBLIC_V6.check(bare, 'ipv6') && !NOT_PUBLIC_V6.check(bare, 'ipv6');
    default:
      return false;
  }
}
