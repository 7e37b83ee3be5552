import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as plinth from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { codeOf, createActors } from '../support/people.js';

type User = plinth.Actor & { userId: string };
describe.each([15, 18] as const)("a topic's own methods on PostgreSQL %i", (major) => {
  let testDatabase: TestDatabase;
  let db: plinth.Database;
  let ann: User;
  let bob: User;
  let eve: User;
  const inAMinute = () => new Date(Date.now() + 60_000);

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    db = await testDatabase.open();
    [ann, bob, eve] = (await createActors(db, 3)) as [User, User, User];
  });
  afterAll(() => testDatabase.drop());

  test("artists are found by similar names and by other services' ids", async () => {
    const names = ['Radiohead', 'Portishead', 'Björk', 'Massive Attack'];
    const rows = await plinth.artists.createMany(
      db,
      names.map((name, n) => ({ name, externalIds: { spotify: `s${n}` } })),
    );
    expect((await plinth.artists.search(db, 'radiohed'))[0]).toMatchObject({
      name: 'Radiohead',
      similarity: expect.any(Number),
    });
    expect(await plinth.artists.findByExternalId(db, 'spotify', 's2')).toEqual(rows[2]);
    expect(await plinth.artists.findByExternalId(db, 'apple_music', 's2')).toBeNull();
  });

  test("blocks are made and removed in bulk; a list's artists are blocked at once; nothing happens twice", async () => {
    const artists = await plinth.artists.createMany(
      db,
      Array.from({ length: 5 }, (_, n) => ({ name: `bulk ${n}` })),
    );
    const ids = artists.map(({ id }) => id);
    expect(
      await plinth.userArtistBlocks.blockMany(db.as(ann), ids.slice(0, 2), { tags: ['loud'] }),
    ).toHaveLength(2);
    expect(await plinth.userArtistBlocks.blockMany(db.as(ann), ids.slice(0, 3))).toHaveLength(1);
    const { list, items } = await plinth.communityLists.createWithItems(
      db.as(bob),
      { ownerId: bob.userId, name: 'Loud' },
      ids.map((artistId) => ({ artistId })),
    );
    expect(items).toHaveLength(5);
    expect(await plinth.communityLists.blockAll(db.as(ann), list.id)).toBe(2);
    expect(await plinth.communityLists.blockAll(db.as(ann), list.id)).toBe(0);
    expect(await plinth.userArtistBlocks.unblockMany(db.as(ann), ids)).toBe(5);
    expect(await plinth.communityLists.subscribe(db.as(ann), list.id)).toMatchObject({ notify: true });
    expect(await plinth.communityLists.subscribe(db.as(ann), list.id, false)).toMatchObject({
      notify: false,
      version: 2,
    });
    const before = await plinth.communityLists.count(db);
    const twice = [{ artistId: ids[0] as string }, { artistId: ids[0] as string }];
    expect(
      await codeOf(
        plinth.communityLists.createWithItems(db.as(bob), { ownerId: bob.userId, name: 'Broken' }, twice),
      ),
    ).toBe('conflict');
    expect(await plinth.communityLists.count(db)).toBe(before);
  });

  test('a decision closes the report and is kept as an action, both or neither', async () => {
    const report = await plinth.contentReports.create(db.as(ann), {
      reporterId: ann.userId,
      targetType: 'user',
      targetId: eve.userId,
      reason: 'spam',
    });
    const decided = await plinth.contentReports.decide(
      db.as(bob),
      report.id,
      { action: 'warn', reason: 'spam' },
      1,
    );
    expect(decided).toMatchObject({
      report: { status: 'resolved' },
      action: { moderatorId: bob.userId, targetId: eve.userId, reportId: report.id },
    });
    expect(
      await codeOf(
        plinth.contentReports.decide(db.as(bob), report.id, { action: 'dismiss', reason: 'late' }, 1),
      ),
    ).toBe('version_conflict');
    expect(await plinth.moderationActions.count(db, { reportId: report.id })).toBe(1);
  });

  test('roles are granted once, are in force until they end, and can be granted again', async () => {
    await plinth.roles.upsert(db, ['name'], { name: 'analyst', permissions: ['businesses:read'] }, {});
    const granted = await plinth.roleAssignments.grant(db.as(ann), bob.userId, 'analyst', {
      reason: 'new job',
    });
    expect(granted).toMatchObject({ userId: bob.userId, grantedBy: ann.userId, reason: 'new job' });
    expect(await codeOf(plinth.roleAssignments.grant(db.as(ann), bob.userId, 'analyst'))).toBe('conflict');
    expect(await plinth.roleAssignments.inForce(db, bob.userId)).toEqual([
      { name: 'analyst', permissions: ['businesses:read'], expiresAt: null },
    ]);
    expect(await plinth.roleAssignments.revoke(db.as(ann), bob.userId, 'analyst')).toBe(true);
    expect(await plinth.roleAssignments.revoke(db.as(ann), bob.userId, 'analyst')).toBe(false);
    expect(await plinth.roleAssignments.inForce(db, bob.userId)).toEqual([]);
    const short = await plinth.roleAssignments.grant(db.as(ann), bob.userId, 'analyst', {
      expiresAt: new Date(Date.now() + 80),
    });
    expect(await codeOf(plinth.roleAssignments.grant(db.as(ann), bob.userId, 'analyst'))).toBe('conflict');
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(await plinth.roleAssignments.inForce(db, bob.userId)).toEqual([]);
    expect((await plinth.roleAssignments.grant(db.as(ann), bob.userId, 'analyst')).id).not.toBe(short.id);
    expect(await codeOf(plinth.roleAssignments.grant(db.as(ann), bob.userId, 'no such role'))).toBe(
      'not_found',
    );
  });

  test('a secret finds its row by its hash alone, before anybody is known', async () => {
    const hash = (text: string) => new Uint8Array(createHash('sha256').update(text).digest());
    const session = await plinth.sessions.create(db.as(ann), {
      userId: ann.userId,
      tokenHash: hash('s'),
      familyId: ann.userId,
      expiresAt: inAMinute(),
    });
    const key = await plinth.apiKeys.create(db.as(ann), {
      userId: ann.userId,
      name: 'k',
      prefix: 'p',
      last4: 'abcd',
      keyHash: hash('k'),
    });
    const reset = await plinth.passwordResetTokens.create(db.as(ann), {
      userId: ann.userId,
      tokenHash: hash('r'),
      expiresAt: inAMinute(),
    });
    const mail = await plinth.emailVerificationTokens.create(db.as(ann), {
      userId: ann.userId,
      email: 'a@example.com',
      tokenHash: hash('m'),
      expiresAt: inAMinute(),
    });
    const account = await plinth.oauthAccounts.create(db.as(ann), {
      userId: ann.userId,
      provider: 'github',
      providerAccountId: '42',
    });
    expect(await plinth.findSession(db, hash('s'))).toEqual(session);
    expect(await plinth.findApiKey(db, hash('k'))).toEqual(key);
    expect(await plinth.findPasswordReset(db, hash('r'))).toEqual(reset);
    expect(await plinth.findEmailVerification(db, hash('m'))).toEqual(mail);
    expect(await plinth.findOauthAccount(db, 'github', '42')).toEqual(account);
    expect(await plinth.findSession(db, hash('other'))).toBeNull();
  });

  test('signing out everywhere ends every session; the reuse of a token ends its family', async () => {
    const open = (familyId: string) =>
      plinth.sessions.create(db.as(eve), {
        userId: eve.userId,
        tokenHash: new Uint8Array(randomBytes(32)),
        familyId,
        expiresAt: inAMinute(),
      });
    const family = (await open(eve.userId)).familyId;
    await open(family);
    await open(ann.userId);
    expect(await plinth.sessions.revokeFamily(db.as(eve), family)).toBe(2);
    const before = (await plinth.users.get(db, eve.userId))?.tokensValidAfter as Date;
    expect(await plinth.users.signOutEverywhere(db.as(eve), eve.userId)).toBe(1);
    expect((await plinth.users.get(db, eve.userId))?.tokensValidAfter.getTime()).toBeGreaterThanOrEqual(
      before.getTime(),
    );
    expect(await plinth.sessions.count(db.as(eve), { revokedAt: null })).toBe(0);
  });

  test('conversations have an inbox and an unread mark; messages are found by words and in spite of mistakes', async () => {
    const { conversation, participants } = await plinth.conversations.start(db.as(ann), {
      userIds: [bob.userId, bob.userId],
    });
    expect([conversation.kind, participants.map(({ role }) => role)]).toEqual([
      'direct',
      ['owner', 'member'],
    ]);
    const sent = await plinth.messages.send(
      db.as(ann),
      conversation.id,
      'The quarterly balance sheet is attached',
    );
    expect((await plinth.conversations.inbox(db.as(bob)))[0]).toMatchObject({
      id: conversation.id,
      unread: true,
    });
    await plinth.conversations.markRead(db.as(bob), conversation.id);
    expect((await plinth.conversations.inbox(db.as(bob)))[0]).toMatchObject({
      unread: false,
      lastReadAt: expect.any(Date),
    });
    expect(await codeOf(plinth.conversations.markRead(db.as(eve), conversation.id))).toBe('not_found');
    expect(await plinth.messages.search(db.as(bob), '"balance sheet" -invoice')).toEqual([sent]);
    expect(await plinth.messages.search(db.as(bob), 'balance -sheet')).toEqual([]);
    expect(await plinth.messages.searchSimilar(db.as(bob), 'quartrly balanse')).toMatchObject([sent]);
    expect(await codeOf(plinth.messages.softDelete(db.as(bob), sent.id))).toBe('not_found');
    await plinth.messages.softDelete(db.as(ann), sent.id);
    expect(await plinth.messages.search(db.as(bob), 'balance')).toEqual([]);
  });

  test('a campaign begins with its members, and its progress counts what was paid once', async () => {
    const input = { ownerId: ann.userId, title: 'Roof', goalMinor: 100_000 };
    const { campaign, members } = await plinth.campaigns.createWithMembers(db.as(ann), input, [
      { userId: bob.userId },
      { email: 'new@example.com' },
      { userId: ann.userId },
    ]);
    expect(members.map(({ role, userId, email }) => [role, userId ?? email])).toEqual([
      ['organizer', ann.userId],
      ['member', bob.userId],
      ['member', 'new@example.com'],
    ]);
    const before = await plinth.campaigns.count(db);
    expect(
      await codeOf(
        plinth.campaigns.createWithMembers(db.as(ann), input, [
          { email: 'x@example.com' },
          { email: 'x@example.com' },
        ]),
      ),
    ).toBe('conflict');
    expect(await plinth.campaigns.count(db)).toBe(before);
    const given = await plinth.contributions.createMany(
      db,
      [1n, 2n].map((n) => ({ campaignId: campaign.id, contributorId: bob.userId, amountMinor: n * 1_000n })),
    );
    const paid = await plinth.contributions.markPaid(db, given[0]?.id as string, 'pay_1');
    expect(await plinth.contributions.markPaid(db, given[0]?.id as string, 'pay_1')).toEqual(paid);
    expect(await codeOf(plinth.contributions.markPaid(db, given[1]?.id as string, 'pay_1'))).toBe('conflict');
    expect(await plinth.campaigns.progress(db, campaign.id)).toEqual({
      goalMinor: 100_000n,
      paidMinor: 1_000n,
      pledgedMinor: 2_000n,
      contributors: 1,
    });
  });

  test("a provider's late word that a contribution was paid does not undo its refund", async () => {
    const campaign = await plinth.campaigns.create(db, { ownerId: ann.userId, title: 'Roof', goalMinor: 1n });
    const { id } = await plinth.contributions.create(db, { campaignId: campaign.id, amountMinor: 500n });
    await plinth.contributions.markPaid(db, id, 'pay_2');
    const refunded = await plinth.contributions.update(db, id, { status: 'refunded' }, undefined);
    expect(await plinth.contributions.markPaid(db, id, 'pay_2')).toEqual(refunded);
    expect(await plinth.campaigns.progress(db, campaign.id)).toMatchObject({ paidMinor: 0n });
  });

  test('an assessment joins the history and decides the risk level; checks decide the compliance status', async () => {
    const business = await plinth.businesses.create(db, {
      legalName: 'x',
      registrationNumber: 'kyb',
      country: 'DE',
    });
    const assess = (level: plinth.RiskLevel, score: number) =>
      plinth.businesses.assess(db.as(ann), business.id, { level, score, method: 'test' });
    await assess('low', 10);
    expect((await assess('critical', 95)).business).toMatchObject({
      riskLevel: 'critical',
      updatedBy: ann.userId,
    });
    const history = await plinth.riskAssessments.list(db, {
      where: { businessId: business.id },
      sort: '-assessedAt',
    });
    expect(history.rows.map(({ level }) => level)).toEqual(['critical', 'low']);
    expect(await codeOf(assess('low', 1_000))).toMatch(/check_violation|invalid_value/);
    expect(await plinth.businesses.get(db, business.id)).toMatchObject({ riskLevel: 'critical' });
    expect(
      await codeOf(plinth.businesses.assess(db, ann.userId, { level: 'low', score: 1, method: 'test' })),
    ).toBe('not_found');
    const check = async (type: plinth.ComplianceCheckType, status: plinth.ComplianceCheckStatus) =>
      (await plinth.businesses.check(db.as(ann), business.id, { type, status, provider: 'test' })).business
        .complianceStatus;
    expect([
      await check('sanctions', 'passed'),
      await check('aml', 'pending'),
      await check('aml', 'failed'),
      await check('aml', 'passed'),
    ]).toEqual(['compliant', 'pending', 'non_compliant', 'compliant']);
  });
});
