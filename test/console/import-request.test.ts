import { MIGRATION_STATES } from '../../domain/import/import';
import {
  canCancel,
  consequenceOf,
  isMoving,
  NEW_IMPORT,
  stepsOf,
  withAddressChoice,
} from '../../console/src/pages/import/import-request';

describe('the choice of the address', () => {
  test('the same private IP needs the end of the instance, a new one does not', () => {
    expect(withAddressChoice(NEW_IMPORT, 'new')).toEqual({
      shouldKeepPrivateIp: false,
      shouldTerminateInstance: false,
    });
    expect(withAddressChoice({ originalInstanceId: 'i-1' }, 'same')).toEqual({
      originalInstanceId: 'i-1',
      shouldKeepPrivateIp: true,
      shouldTerminateInstance: true,
    });
  });

  test.each([
    [true, true, 'not reachable in between'],
    [false, true, 'Then it is terminated'],
    [false, false, 'left as it is'],
  ])('keeps the IP: %s, terminates: %s', (shouldKeepPrivateIp, shouldTerminateInstance, text) => {
    expect(consequenceOf({ shouldKeepPrivateIp, shouldTerminateInstance })).toContain(text);
  });
});

describe('the steps', () => {
  const statesOf = (state: string, reached = state) => stepsOf(state, reached).map((step) => step.state);

  test.each([
    ['MIGRATE_START', ['under-way', 'to-come', 'to-come', 'to-come']],
    ['MIGRATE_REPLACE', ['done', 'done', 'under-way', 'to-come']],
    ['MIGRATE_FINISH', ['done', 'done', 'done', 'done']],
  ])('in %s', (state, states) => {
    expect(statesOf(state)).toEqual(states);
  });

  test('of an import that has stopped', () => {
    expect(statesOf('MIGRATE_ERROR', 'MIGRATE_REPLACE')).toEqual(['done', 'done', 'failed', 'to-come']);
    expect(statesOf('MIGRATE_CANCEL', 'MIGRATE_ADOPT')).toEqual(['done', 'cancelled', 'to-come', 'to-come']);
  });

  test('every state of the API is an end or moves', () => {
    const ends = ['MIGRATE_FINISH', 'MIGRATE_CANCEL', 'MIGRATE_ERROR'];
    expect(MIGRATION_STATES.filter(isMoving)).toEqual(MIGRATION_STATES.filter((state) => !ends.includes(state)));
    expect(MIGRATION_STATES.filter(canCancel)).toEqual(['MIGRATE_START', 'MIGRATE_ADOPT']);
  });
});
