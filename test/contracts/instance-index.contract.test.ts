/** The promises of `InstanceIndex`: the node of an instance, its waiter, and the state from its events. */
import type { InstanceState } from '../../domain/node/observations';
import { NODE_ID, OLD_INSTANCE_ID, REPLACEMENT_ID } from '../domain/builders';
import { tableContract } from './table';

const OTHER = 'smi-0a1b2c3e';
const waiter = { taskToken: 'the token', awaited: 'running' } as const;
const later = { taskToken: 'a later token', awaited: 'terminated' } as const;
const at = (second: number) => `2026-11-03T10:00:0${second}Z`;

tableContract(
  'InstanceIndex',
  (table) => {
    const index = () => table().index;

    describe('an instance', () => {
      test('that is not registered belongs to no node', async () => {
        await expect(index().nodeOf(REPLACEMENT_ID)).resolves.toBeUndefined();
      });

      test('belongs to the node that it was last registered for, and no other instance does', async () => {
        await index().register(REPLACEMENT_ID, OTHER);
        await index().register(REPLACEMENT_ID, NODE_ID);
        await index().register(REPLACEMENT_ID, NODE_ID);

        await expect(index().nodeOf(REPLACEMENT_ID)).resolves.toBe(NODE_ID);
        await expect(index().nodeOf(OLD_INSTANCE_ID)).resolves.toBeUndefined();
      });

      test('does not belong to a node only because an execution waits for it', async () => {
        await index().subscribe(REPLACEMENT_ID, waiter);

        await expect(index().nodeOf(REPLACEMENT_ID)).resolves.toBeUndefined();
      });
    });

    describe('the waiter', () => {
      test.each([
        { name: 'that is unknown', register: false },
        { name: 'that is registered', register: true },
      ])('is undefined for an instance $name and that no execution waits for', async ({ register }) => {
        if (register) await index().register(REPLACEMENT_ID, NODE_ID);

        await expect(index().waiterOf(REPLACEMENT_ID)).resolves.toBeUndefined();
      });

      test('is the one that subscribed last', async () => {
        await index().subscribe(REPLACEMENT_ID, waiter);
        await expect(index().waiterOf(REPLACEMENT_ID)).resolves.toEqual(waiter);
        await index().subscribe(REPLACEMENT_ID, later);

        await expect(index().waiterOf(REPLACEMENT_ID)).resolves.toEqual(later);
        await expect(index().waiterOf(OLD_INSTANCE_ID)).resolves.toBeUndefined();
      });

      test('and the node are kept apart: neither is lost when the other is written', async () => {
        await index().register(REPLACEMENT_ID, NODE_ID);
        await index().subscribe(REPLACEMENT_ID, waiter);
        await index().register(REPLACEMENT_ID, NODE_ID);

        await expect(index().nodeOf(REPLACEMENT_ID)).resolves.toBe(NODE_ID);
        await expect(index().waiterOf(REPLACEMENT_ID)).resolves.toEqual(waiter);
      });
    });

    describe('the state from events', () => {
      test('is undefined before the first event', async () => {
        await index().register(REPLACEMENT_ID, NODE_ID);

        await expect(index().stateOf(REPLACEMENT_ID)).resolves.toBeUndefined();
        await expect(index().subscribe(REPLACEMENT_ID, waiter)).resolves.toBeUndefined();
      });

      test.each<{ name: string; events: readonly (readonly [InstanceState, number])[]; last: InstanceState }>([
        {
          name: 'in order',
          events: [
            ['pending', 1],
            ['running', 2],
          ],
          last: 'running',
        },
        {
          name: 'with the earlier one late',
          events: [
            ['running', 2],
            ['pending', 1],
          ],
          last: 'running',
        },
        {
          name: 'in the same second',
          events: [
            ['shutting-down', 1],
            ['terminated', 1],
          ],
          last: 'terminated',
        },
        {
          name: 'in the same second and the other way round',
          events: [
            ['terminated', 1],
            ['shutting-down', 1],
          ],
          last: 'terminated',
        },
        {
          name: 'twice',
          events: [
            ['running', 1],
            ['running', 1],
          ],
          last: 'running',
        },
        {
          name: 'of a stop and a start',
          events: [
            ['stopped', 1],
            ['pending', 2],
            ['running', 3],
          ],
          last: 'running',
        },
        {
          name: 'of an end, with the others late',
          events: [
            ['terminated', 3],
            ['shutting-down', 2],
            ['running', 1],
          ],
          last: 'terminated',
        },
      ])('is that of the latest event, if events come $name', async ({ events, last }) => {
        await index().register(REPLACEMENT_ID, NODE_ID);
        for (const [state, second] of events) await index().noteState(REPLACEMENT_ID, state, at(second));

        await expect(index().stateOf(REPLACEMENT_ID)).resolves.toBe(last);
        await expect(index().subscribe(REPLACEMENT_ID, waiter)).resolves.toBe(last);
        await expect(index().subscribe(OLD_INSTANCE_ID, waiter)).resolves.toBeUndefined();
      });

      test('is returned with the node, and with the waiter if there is one', async () => {
        await index().register(REPLACEMENT_ID, NODE_ID);
        await expect(index().noteState(REPLACEMENT_ID, 'pending', at(1))).resolves.toEqual({
          nodeId: NODE_ID,
          waiter: undefined,
        });
        await index().subscribe(REPLACEMENT_ID, waiter);

        await expect(index().noteState(REPLACEMENT_ID, 'running', at(2))).resolves.toEqual({ nodeId: NODE_ID, waiter });
      });

      test('comes with the waiter for a late event, too', async () => {
        await index().register(REPLACEMENT_ID, NODE_ID);
        await index().subscribe(REPLACEMENT_ID, waiter);
        await index().noteState(REPLACEMENT_ID, 'running', at(2));

        await expect(index().noteState(REPLACEMENT_ID, 'pending', at(1))).resolves.toEqual({ nodeId: NODE_ID, waiter });
      });

      test('does not give the instance a node', async () => {
        await expect(index().noteState(REPLACEMENT_ID, 'running', at(1))).resolves.toBeUndefined();
        await expect(index().nodeOf(REPLACEMENT_ID)).resolves.toBeUndefined();
      });

      test('is kept for an instance that is registered later, because an event may arrive before the launch is recorded', async () => {
        await index().noteState(REPLACEMENT_ID, 'running', at(1));
        await index().register(REPLACEMENT_ID, NODE_ID);

        await expect(index().subscribe(REPLACEMENT_ID, waiter)).resolves.toBe('running');
      });
    });
  },
  true,
);
