import type { LogEntry, LoggedStep } from '../../../domain/node/node-log';
import {
  describeOperation,
  isReplacement,
  NOTHING_OBSERVED,
  recordEnding,
  recordSoFar,
  type Ending,
  type OperationRecord,
} from '../../../domain/operation/operation-record';
import { aBusyNode, aLaunch, anIdentity, anInstance, OLD_INSTANCE_ID, REPLACEMENT_ID, SUBNET_B } from '../builders';

type Busy = ReturnType<typeof aBusyNode>;
const owned = (node: Busy) => ({ node, operation: node.operation });
const at = (second: number): string => `2026-11-03T10:00:${String(second).padStart(2, '0')}.000Z`;

describe('the record of an operation', () => {
  const node = aBusyNode({}, { startedAt: at(0), startedBy: 'interruption', addressTakenAt: at(1), launch: aLaunch() });
  const seen = anInstance({ instanceType: 'm6g.large', lifeCycle: 'on_demand', availabilityZone: 'eu-west-1b' });
  const after = { ...node.instance!, id: REPLACEMENT_ID, instanceType: 'm6g.large', lifeCycle: 'on_demand' } as const;
  const ending: Ending = { outcome: 'succeeded', instance: after, isBack: true, seen: [undefined, seen] };

  it('has what was before and after, why, and how long the address was away', () => {
    expect(recordEnding(owned(node), ending, NOTHING_OBSERVED, at(50))).toMatchObject({
      kind: 'replace',
      startedBy: 'interruption',
      generation: 4,
      takeovers: 0,
      startedAt: at(0),
      endedAt: at(50),
      outcome: 'succeeded',
      before: { id: OLD_INSTANCE_ID, instanceType: 'm7g.large', lifeCycle: 'spot', availabilityZone: 'eu-west-1a' },
      after: { id: REPLACEMENT_ID, instanceType: 'm6g.large', lifeCycle: 'on_demand', availabilityZone: 'eu-west-1b' },
      awayFrom: at(1),
      awayTo: at(50),
      seen: [{ instanceId: REPLACEMENT_ID, role: 'replacement', state: 'pending', at: aLaunch().launchedAt }],
    });
  });

  it('names the cause, if there is one', () => {
    const lost = aBusyNode({}, { cause: 'unhealthy' });
    expect(recordSoFar(owned(lost), NOTHING_OBSERVED, at(9)).startedBy).toBe('unhealthy');
  });

  it('does not guess the zone of an instance in another subnet than the interface', () => {
    const moved = aBusyNode({ identity: anIdentity({ subnetId: SUBNET_B, availabilityZone: 'eu-west-1b' }) });
    expect(recordSoFar(owned(moved), NOTHING_OBSERVED, at(9)).before?.availabilityZone).toBeUndefined();
  });

  it('has no end while the operation is under way', () => {
    const record = recordSoFar(owned(node), NOTHING_OBSERVED, at(9));
    expect(record).toMatchObject({ awayFrom: at(1), awayTo: undefined });
    expect(record).not.toHaveProperty('outcome');
    expect(record).not.toHaveProperty('endedAt');
  });

  it.each([
    { kind: 'replace' as const, startedBy: undefined, is: true },
    { kind: 'launch' as const, startedBy: 'retry' as const, is: true },
    { kind: 'launch' as const, startedBy: 'request' as const, is: false },
  ])('a $kind by $startedBy is a replacement: $is', ({ kind, startedBy, is }) => {
    expect(isReplacement({ kind, ...(startedBy && { startedBy }) })).toBe(is);
  });
});

const line = (createdAt: string, step: Partial<LoggedStep>): LogEntry => ({
  createdAt,
  severity: 'INFO',
  message: 'for a person',
  step: { name: 'detach-eni', generation: 4, outcome: 'done', stateName: 'Detach', enteredAt: at(0), ...step },
});

describe('an operation is described', () => {
  const record: OperationRecord = {
    kind: 'replace',
    executionId: 'one',
    generation: 4,
    takeovers: 1,
    startedAt: at(0),
    endedAt: at(50),
    outcome: 'succeeded',
    waits: [{ step: 'await-instance', stateName: 'Wait', enteredAt: at(34) }],
    seen: [{ instanceId: REPLACEMENT_ID, role: 'replacement', state: 'running', at: at(43) }],
  };
  const stepsOf = (lines: readonly LogEntry[], changes: Partial<OperationRecord> = {}) =>
    describeOperation({ ...record, waits: [], ...changes }, lines).steps;
  const shown = { step: 'detach-eni', stateName: 'Detach', errorName: null };

  it('by its steps in order, whatever the order of the lines, and its waits end with the next step', () => {
    const confirmed = line(at(44), { name: 'confirm-node', stateName: 'Confirm', enteredAt: at(43) });
    const launched = line(at(34), { name: 'launch-instance', stateName: 'Launch', enteredAt: at(32) });

    expect(describeOperation(record, [confirmed, launched]).steps).toEqual([
      { ...shown, step: 'launch-instance', stateName: 'Launch', enteredAt: at(32), leftAt: at(34), outcome: 'done' },
      { ...shown, step: 'await-instance', stateName: 'Wait', enteredAt: at(34), leftAt: at(43), outcome: 'done' },
      { ...shown, step: 'confirm-node', stateName: 'Confirm', enteredAt: at(43), leftAt: at(44), outcome: 'done' },
    ]);
  });

  it('once for each visit of a state: the last line about it counts', () => {
    const lines = [
      line(at(9), { outcome: 'done' }),
      line(at(2), { outcome: 'retried', errorName: 'NotReady' }),
      line(at(4), { outcome: 'retried', errorName: 'InterfaceNotFree' }),
    ];
    expect(stepsOf(lines)).toEqual([{ ...shown, enteredAt: at(0), leftAt: at(9), outcome: 'done' }]);
  });

  it('twice, if the state was entered twice', () => {
    expect(stepsOf([line(at(2), {}), line(at(9), { enteredAt: at(5) })])).toHaveLength(2);
  });

  it('by a step that failed, with the name of its error', () => {
    const failed = line(at(2), { outcome: 'failed', errorName: 'InterfaceMissing' });
    expect(stepsOf([failed])).toMatchObject([{ outcome: 'failed', errorName: 'InterfaceMissing', leftAt: at(2) }]);
  });

  it('by a last step that was still tried, until the end of the operation', () => {
    const retried = line(at(2), { outcome: 'retried', errorName: 'NotReady' });
    expect(stepsOf([retried])).toMatchObject([{ outcome: 'retried', errorName: 'NotReady', leftAt: at(50) }]);
  });

  it('by a wait that is under way, without an end', () => {
    const waiting = line(at(2), { outcome: 'waits' });
    expect(stepsOf([waiting], { endedAt: undefined })).toMatchObject([{ leftAt: null, outcome: null }]);
  });

  it('by the steps of every execution that had it, and of no other operation', () => {
    const lines = [3, 4, 2, 5].map((generation, index) =>
      line(at(index), { generation, enteredAt: at(index), name: `of ${generation}` }),
    );
    expect(stepsOf(lines).map(({ step }) => step)).toEqual(['of 3', 'of 4']);
  });

  it('by lines of an execution that began before an upgrade', () => {
    const before = line(at(7), { stateName: undefined, enteredAt: undefined });
    expect(stepsOf([before])).toMatchObject([{ stateName: null, enteredAt: at(7), leftAt: at(7) }]);
  });

  it('without the lines that no step has written', () => {
    expect(stepsOf([{ createdAt: at(1), severity: 'INFO', message: 'created' }])).toEqual([]);
  });

  it('by each state of an instance once, at its earliest time', () => {
    const ended = (second: number) =>
      ({ instanceId: OLD_INSTANCE_ID, role: 'old', state: 'terminated', at: at(second) }) as const;
    const lines = [line(at(40), { seen: [ended(30)] }), line(at(41), { seen: [ended(20)], enteredAt: at(39) })];

    expect(describeOperation(record, lines).instanceStates).toEqual([ended(20), ...record.seen]);
  });
});
