import type { SeedContext, SeedRow, SeedTable } from '../scenario.js';
import { stamps } from '../stamps.js';

/** Two known names with their real ids; everybody else is invented, so that no seeded fact is false about a person. */
const known = [
  {
    name: 'Drake',
    genres: ['hip hop', 'r&b'],
    country: 'CA',
    externalIds: {
      spotify: '3TVXtAsR1Inumwj472S9r4',
      apple_music: '271256',
      musicbrainz: '9fff2f8a-21e6-47de-a2b8-7f449929d43f',
    },
  },
  {
    name: 'Kanye West',
    genres: ['hip hop', 'rap'],
    country: 'US',
    externalIds: {
      spotify: '5K4W6rqBFWDnAN6FQUkS6x',
      apple_music: '2715720',
      musicbrainz: '164f0d73-1234-4e2c-8743-d77bf2191051',
    },
  },
];

const invented: readonly (readonly [name: string, genre: string, country: string])[] = [
  ['Velvet Harbour', 'indie pop', 'GB'],
  ['The Paper Lanterns', 'folk', 'IE'],
  ['Nova Calder', 'electronic', 'SE'],
  ['Midnight Orchard', 'dream pop', 'US'],
  ['Ondine Marsh', 'jazz', 'FR'],
  ['Kilometre Zero', 'techno', 'DE'],
  ['Salt & Cedar', 'americana', 'US'],
  ['Juno Abara', 'afrobeats', 'NG'],
  ['Glass Meridian', 'ambient', 'IS'],
  ['Los Faroles', 'cumbia', 'CO'],
  ['Marlow Quint', 'soul', 'US'],
  ['Tidewater Brass', 'funk', 'US'],
  ['Hana Mizuki', 'city pop', 'JP'],
  ['Cobalt Avenue', 'synthwave', 'CA'],
  ['The Quiet Engines', 'post-rock', 'GB'],
  ['Esra Demir', 'singer-songwriter', 'TR'],
  ['Rook & Sparrow', 'folk', 'NZ'],
  ['Neon Bazaar', 'dance', 'IN'],
  ['Paloma Rey', 'latin pop', 'MX'],
  ['Low Winter Sun', 'shoegaze', 'NO'],
  ['Dune Cassette', 'lo-fi', 'MA'],
  ['Atlas Grove', 'reggae', 'JM'],
  ['Ivory Static', 'noise rock', 'US'],
  ['Lúa Nova', 'bossa nova', 'BR'],
  ['Copper Kettle Club', 'swing', 'NL'],
  ['Mira Soleil', 'chanson', 'BE'],
  ['Northline', 'house', 'DE'],
  ['Sable Finch', 'r&b', 'US'],
  ['The Long Recess', 'punk', 'AU'],
  ['Orchid Radio', 'indie rock', 'KR'],
  ['Bram Castell', 'classical', 'ES'],
  ['Wildfire Choir', 'gospel', 'ZA'],
  ['Pixel Monsoon', 'chiptune', 'JP'],
  ['Harbour Lights Trio', 'jazz', 'DK'],
  ['Jasper Vane', 'country', 'US'],
  ['Aurora Teeth', 'metal', 'FI'],
  ['Seven Ferries', 'celtic', 'IE'],
  ['Mango Parade', 'soca', 'TT'],
];

/** The id of an artist of the catalogue by name. */
export function artistId(context: SeedContext, name: string): string {
  return context.id(`artist:${name}`);
}

/** Names of the catalogue, known ones first. */
export const artistNames: readonly string[] = [
  ...known.map(({ name }) => name),
  ...invented.map(([name]) => name),
];

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Forty artists with the ids that streaming services would give them. Shared by dev and demo. */
export function catalogue(context: SeedContext): SeedTable {
  const random = context.random('catalogue');
  const text = (length: number, alphabet: string) =>
    Array.from({ length }, () => alphabet[random.below(alphabet.length)]).join('');
  const rows: SeedRow[] = known.map(({ name, genres, country, externalIds }, index) => ({
    id: artistId(context, name),
    name,
    external_ids: externalIds,
    metadata: { country, popularity: 95 - index },
    genres,
    ...stamps(context.at(320), null),
  }));
  for (const [index, [name, genre, country]] of invented.entries()) {
    rows.push({
      id: artistId(context, name),
      name,
      external_ids: {
        spotify: text(22, BASE62),
        apple_music: String(1_400_000_000 + random.below(99_999_999)),
      },
      metadata: { country, popularity: 20 + random.below(60) },
      genres: [genre],
      ...stamps(context.at(319 - index, random.below(600)), null),
    });
  }
  return { table: 'artists', rows };
}
