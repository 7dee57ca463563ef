/** The records with which nodes share what a storm has taught them: turns, and dry pools. */
import { dryPoolRecord } from '../../../domain/records/dry-pool-record';
import { pacerRecord } from '../../../domain/records/pacer-record';
import { readRecord, stored, tryToRead } from '../../../domain/records/stored-record';
import { PACED_ACTIONS } from '../../../domain/throttling/paced-actions';
import { newTurns } from '../../../domain/throttling/turns';
import { NOW } from '../builders';

const turns = newTurns(PACED_ACTIONS.RunInstances);

describe('The turns of an action', () => {
  test('are read as they were written, whatever a later version has added', () => {
    const item = { pk: 'PACER#RunInstances', sk: 'TURNS', ...stored(pacerRecord, turns), since: 'later' };
    expect(readRecord(pacerRecord, 'RunInstances', item)).toEqual(turns);
  });

  test.each([
    { field: 'nextTurnMs', value: 'soon' },
    { field: 'nextTurnMs', value: 0.5 },
    { field: 'nextTurnMs', value: 9_000_000_000_000_000 },
    { field: 'issued', value: -1 },
    { field: 'intervalMs', value: 0 },
    { field: 'intervalMs', value: 30_001 },
    { field: 'nextFrontMs', value: undefined },
    { field: 'learnedMs', value: null },
    { field: 'refusals', value: 1.5 },
    { field: 'refusedMs', value: -1 },
    { field: 'schemaVersion', value: 1 },
  ])('cannot be read if $field is $value', ({ field, value }) => {
    expect(tryToRead(pacerRecord, 'RunInstances', { ...turns, [field]: value })).toMatchObject({
      record: { kind: 'PACER', id: 'RunInstances' },
      field,
    });
  });
});

describe('A dry pool', () => {
  const pool = {
    of: 'pool' as const,
    subnetId: 'subnet-a',
    instanceType: 'm7g.large',
    lifeCycle: 'spot' as const,
    refusedAt: NOW,
  };
  const subnet = { of: 'subnet' as const, subnetId: 'subnet-a', refusedAt: NOW };

  test.each([pool, subnet])('of kind $of is read as it was written', (dry) => {
    const item = { pk: 'DRY#subnet-a', sk: 'key', expiresAt: 1, ...stored(dryPoolRecord, dry) };
    expect(readRecord(dryPoolRecord, 'subnet-a', item)).toEqual(dry);
  });

  test.each([
    { name: 'an unknown kind', item: { ...pool, of: 'zone' }, field: 'of' },
    { name: 'an unknown life cycle', item: { ...pool, lifeCycle: 'reserved' }, field: 'lifeCycle' },
    { name: 'no instance type', item: { ...pool, instanceType: undefined }, field: 'instanceType' },
    { name: 'no time', item: { ...subnet, refusedAt: 'yesterday' }, field: 'refusedAt' },
    { name: 'a later version', item: { ...subnet, schemaVersion: 1 }, field: 'schemaVersion' },
  ])('with $name cannot be read', ({ item, field }) => {
    expect(tryToRead(dryPoolRecord, 'subnet-a', item)).toMatchObject({ record: { kind: 'DRY' }, field });
  });
});
