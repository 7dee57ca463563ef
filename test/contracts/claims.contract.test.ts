/** The promises of `Claims`: an address has one holder, and every caller learns which. */
import { ALLOCATION_ID, NODE_ID, NOW } from '../domain/builders';
import { tableContract } from './table';

const OTHER = 'smi-0a1b2c3e';
const LATER = '2026-11-03T11:00:00.000Z';

tableContract(
  'Claims',
  (table) => {
    const claim = (nodeId: string, now = NOW, more: { address?: string; staleHolder?: string } = {}) =>
      table().claims.claim({ address: ALLOCATION_ID, nodeId, now, ...more });
    const release = (nodeId: string) => table().claims.release(ALLOCATION_ID, nodeId);

    test('a claim on a free address is granted', async () => {
      await expect(claim(NODE_ID)).resolves.toEqual({ holder: NODE_ID, claimedAt: NOW });
    });

    test('a claim on a held address returns the holder, and since when it has held it', async () => {
      await claim(NODE_ID);

      await expect(claim(OTHER, LATER)).resolves.toEqual({ holder: NODE_ID, claimedAt: NOW });
      await expect(claim(OTHER, LATER)).resolves.toEqual({ holder: NODE_ID, claimedAt: NOW });
    });

    test('a claim that its holder repeats is granted, and counts from then', async () => {
      await claim(NODE_ID);

      await expect(claim(NODE_ID, LATER)).resolves.toEqual({ holder: NODE_ID, claimedAt: LATER });
      await expect(claim(OTHER, LATER)).resolves.toEqual({ holder: NODE_ID, claimedAt: LATER });
    });

    test('of two claims at the same time one is granted, and both callers learn which', async () => {
      const [one, other] = await Promise.all([claim(NODE_ID), claim(OTHER)]);

      expect(one).toEqual(other);
      expect([NODE_ID, OTHER]).toContain(one.holder);
    });

    test('a claim of a holder that is known not to exist is taken over', async () => {
      await claim('smi-gone');

      await expect(claim(NODE_ID, LATER, { staleHolder: 'smi-gone' })).resolves.toEqual({
        holder: NODE_ID,
        claimedAt: LATER,
      });
      await expect(claim(OTHER)).resolves.toMatchObject({ holder: NODE_ID });
    });

    test('a claim is not taken over from any other holder', async () => {
      await claim(OTHER);

      await expect(claim(NODE_ID, LATER, { staleHolder: 'smi-gone' })).resolves.toEqual({
        holder: OTHER,
        claimedAt: NOW,
      });
    });

    test('the claim on an address can be found without claiming it', async () => {
      await expect(table().claims.find(ALLOCATION_ID)).resolves.toBeUndefined();
      await claim(NODE_ID);

      await expect(table().claims.find(ALLOCATION_ID)).resolves.toEqual({ holder: NODE_ID, claimedAt: NOW });
      await release(NODE_ID);
      await expect(table().claims.find(ALLOCATION_ID)).resolves.toBeUndefined();
    });

    test('each address is claimed by itself', async () => {
      await claim(NODE_ID);

      await expect(claim(OTHER, NOW, { address: 'vpc-1/10.0.0.5' })).resolves.toMatchObject({ holder: OTHER });
    });

    test('an address that its holder releases is free', async () => {
      await claim(NODE_ID);
      await release(NODE_ID);

      await expect(claim(OTHER, LATER)).resolves.toEqual({ holder: OTHER, claimedAt: LATER });
    });

    test('a release by another node does nothing', async () => {
      await claim(NODE_ID);
      await release(OTHER);

      await expect(claim(OTHER)).resolves.toMatchObject({ holder: NODE_ID });
    });

    test('a release that is repeated does nothing, even if another node holds the address by then', async () => {
      await expect(release(NODE_ID)).resolves.toBeUndefined();
      await claim(NODE_ID);
      await release(NODE_ID);
      await claim(OTHER);
      await release(NODE_ID);

      await expect(claim(NODE_ID)).resolves.toMatchObject({ holder: OTHER });
    });
  },
  true,
);
