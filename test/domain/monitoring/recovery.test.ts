import { awaySince, measureRecovery, needsKnownSince } from '../../../domain/monitoring/recovery';
import type { Operation } from '../../../domain/node/stateful-node';
import { aBusyNode, aConfig, aLaunch } from '../builders';

/** `10:MM:SS` on the day of the test. */
const at = (time: string) => `2026-11-03T10:${time}.000Z`;
const operationWith = (overrides: Partial<Operation>, attachment: 'cold' | 'hot' = 'cold'): Operation => ({
  ...aBusyNode().operation,
  kind: 'replace',
  startedAt: at('00:00'),
  config: aConfig({ persistence: { eniAttachment: attachment } }),
  startedBy: 'interruption',
  ...overrides,
});
const launch = aLaunch({ launchedAt: at('01:10') });
const detachments = [{ attachmentId: 'eni-attach-1', askedAt: at('01:25') }];

describe('A confirmed operation is measured', () => {
  const cold = operationWith({ addressTakenAt: at('00:20'), launch });
  const hot = operationWith({ detachments, launch }, 'hot');

  it.each([
    {
      name: 'cold: the address is away from the termination on',
      operation: cold,
      whole: { RecoveryTime: 90, AddressAway: 70 },
      phases: { drain: 20, release: 50, boot: 20 },
    },
    {
      name: 'hot: the address is away from the detachment on',
      operation: hot,
      whole: { RecoveryTime: 90, AddressAway: 5 },
      phases: { launch: 70, boot: 15, move: 5 },
    },
    {
      name: 'cold, after the instance has ended: the address is away from the start on',
      operation: operationWith({ launch }),
      whole: { RecoveryTime: 90, AddressAway: 90 },
      phases: { release: 70, boot: 20 },
    },
    {
      name: 'hot, after the instance has ended',
      operation: operationWith({ launch }, 'hot'),
      whole: { RecoveryTime: 90, AddressAway: 90 },
      phases: { launch: 70, boot: 20, move: 0 },
    },
  ])('$name', ({ operation, whole, phases }) => {
    const [first, ...rest] = measureRecovery(operation, undefined, at('01:30'));
    const Attachment = operation.config.persistence.eniAttachment;

    expect(first).toEqual({
      group: 'recovery',
      dimensions: { Cause: 'interruption', Attachment },
      values: { Replacements: 1, ...whole },
    });
    expect(rest.map(({ dimensions, values }) => [dimensions, values])).toEqual(
      Object.entries(phases).map(([Phase, PhaseTime]) => [{ Phase, Attachment }, { PhaseTime }]),
    );
  });

  it('a launch takes no address away, so only its parts are measured', () => {
    const groups = measureRecovery(operationWith({ kind: 'launch', launch }), undefined, at('01:30')).map(
      ({ group }) => group,
    );
    expect(new Set(groups)).toEqual(new Set(['phase']));
  });

  it('a launch that tries again what has failed counts, and the address is away since the first try', () => {
    const operation = operationWith({ kind: 'launch', startedBy: 'retry', launch });
    expect(needsKnownSince(operation)).toBe(true);
    expect(measureRecovery(operation, '2026-11-03T09:50:00.000Z', at('01:30'))[0]).toMatchObject({
      group: 'recovery',
      dimensions: { Cause: 'retry' },
      values: { RecoveryTime: 90, AddressAway: 690 },
    });
  });

  it('no time is negative, although clocks differ', () => {
    const values = measureRecovery(cold, undefined, at('01:05')).flatMap((each) => Object.values(each.values));
    expect(Math.min(...values)).toBe(0);
  });

  it('a cause says more than what has started the operation', () => {
    const [first] = measureRecovery(
      operationWith({ cause: 'lost', startedBy: undefined, launch }),
      undefined,
      at('01:30'),
    );
    expect(first).toMatchObject({ dimensions: { Cause: 'lost' } });
  });

  it('an operation of an earlier version does not say what has started it', () => {
    const [first] = measureRecovery(operationWith({ startedBy: undefined, launch }), undefined, at('01:30'));
    expect(first).toMatchObject({ dimensions: { Cause: 'unknown' } });
  });
});

describe('The address is away', () => {
  it.each([
    { name: 'since it was taken', operation: { addressTakenAt: at('00:20') }, since: at('00:20') },
    {
      name: 'since the first detachment',
      operation: { detachments: [...detachments, { attachmentId: 'eni-attach-0', askedAt: at('00:40') }] },
      since: at('00:40'),
    },
    {
      name: 'since the end of the instance',
      operation: { endsAt: '2026-11-03T09:59:00.000Z' },
      since: '2026-11-03T09:59:00.000Z',
    },
    {
      name: 'since the end that EC2 had announced, if nothing had to take it',
      operation: { endsAt: at('02:00') },
      since: at('02:00'),
    },
    { name: 'since the operation has begun, if nothing else is known', operation: {}, since: at('00:00') },
  ])('$name', ({ operation, since }) => {
    expect(awaySince(operationWith(operation))).toBe(since);
  });
});
