import fc from 'fast-check';
import {
  parseTrigger,
  REBALANCE_DETAIL_TYPE,
  STATE_CHANGE_DETAIL_TYPE,
  WARNING_DETAIL_TYPE,
} from '../../../domain/operation/trigger';

const warning = {
  version: '0',
  source: 'aws.ec2',
  'detail-type': WARNING_DETAIL_TYPE,
  time: '2026-11-03T10:00:00Z',
  detail: { 'instance-id': 'i-1', 'instance-action': 'terminate' },
};
const rebalance = { ...warning, 'detail-type': REBALANCE_DETAIL_TYPE, detail: { 'instance-id': 'i-1' } };

describe('parseTrigger', () => {
  it.each([
    {
      name: 'a spot interruption warning, which ends the instance two minutes after it',
      input: warning,
      trigger: {
        kind: 'warning',
        instanceId: 'i-1',
        reason: 'spot interruption warning (terminate)',
        endsAt: '2026-11-03T10:02:00.000Z',
      },
    },
    {
      name: 'a warning of another action',
      input: { ...warning, detail: { 'instance-id': 'i-1', 'instance-action': 'hibernate' } },
      trigger: {
        kind: 'warning',
        instanceId: 'i-1',
        reason: 'spot interruption warning (hibernate)',
        endsAt: '2026-11-03T10:02:00.000Z',
      },
    },
    {
      name: 'a warning that does not say when: it leaves no time',
      input: { ...warning, time: undefined },
      trigger: {
        kind: 'warning',
        instanceId: 'i-1',
        reason: 'spot interruption warning (terminate)',
        endsAt: '1970-01-01T00:00:00.000Z',
      },
    },
    {
      name: 'a warning with an unreadable time: it leaves no time',
      input: { ...warning, time: 'soon', detail: { 'instance-id': 'i-1' } },
      trigger: {
        kind: 'warning',
        instanceId: 'i-1',
        reason: 'spot interruption warning (terminate)',
        endsAt: '1970-01-01T00:00:00.000Z',
      },
    },
    {
      name: 'a rebalance recommendation',
      input: rebalance,
      trigger: { kind: 'rebalance', instanceId: 'i-1', reason: 'rebalance recommendation' },
    },
    {
      name: 'a request with a reason',
      input: { nodeId: 'smi-1', reason: 'created' },
      trigger: { kind: 'request', nodeId: 'smi-1', reason: 'created' },
    },
    {
      name: 'a request about an instance',
      input: { nodeId: 'smi-1', reason: 'rebalance recommendation', instanceId: 'i-1' },
      trigger: { kind: 'request', nodeId: 'smi-1', reason: 'rebalance recommendation', instanceId: 'i-1' },
    },
    {
      name: 'a request with everything that one may say',
      input: {
        nodeId: 'smi-1',
        reason: 'replace tried again',
        instanceId: 'i-1',
        requestedAt: '2026-11-03T10:00:00.000Z',
        endsAt: '2026-11-03T10:02:00.000Z',
        retries: '2026-11-03T10:01:00.000Z',
        takesOver: 4,
        source: 'aws.ec2',
      },
      trigger: {
        kind: 'request',
        nodeId: 'smi-1',
        reason: 'replace tried again',
        instanceId: 'i-1',
        requestedAt: '2026-11-03T10:00:00.000Z',
        endsAt: '2026-11-03T10:02:00.000Z',
        retries: '2026-11-03T10:01:00.000Z',
        takesOver: 4,
      },
    },
    {
      name: 'a request whose details are of no use',
      input: { nodeId: 'smi-1', reason: 7, requestedAt: 1, endsAt: null, retries: {}, takesOver: '4' },
      trigger: { kind: 'request', nodeId: 'smi-1', reason: 'requested' },
    },
    {
      name: 'a bare request',
      input: { nodeId: 'smi-1', instanceId: 12 },
      trigger: { kind: 'request', nodeId: 'smi-1', reason: 'requested' },
    },
  ])('reads $name', ({ input, trigger }) => {
    expect(parseTrigger(input)).toEqual(trigger);
  });

  it.each([
    { name: 'nothing', input: undefined },
    { name: 'null', input: null },
    { name: 'a text', input: 'smi-1' },
    { name: 'a list', input: [{ nodeId: 'smi-1' }] },
    { name: 'an empty object', input: {} },
    { name: 'a node id that is no text', input: { nodeId: 7 } },
    { name: 'an event of another source', input: { ...warning, source: 'my.app' } },
    { name: 'an event of another kind', input: { ...warning, 'detail-type': STATE_CHANGE_DETAIL_TYPE } },
    { name: 'an event without detail', input: { ...warning, detail: undefined } },
    { name: 'an event whose detail is a list', input: { ...warning, detail: ['i-1'] } },
    { name: 'an event whose detail is null', input: { ...rebalance, detail: null } },
    { name: 'an event about no instance', input: { ...warning, detail: { 'instance-action': 'terminate' } } },
    { name: 'an event whose instance id is no text', input: { ...rebalance, detail: { 'instance-id': 1 } } },
  ])('is not for us: $name', ({ input }) => {
    expect(parseTrigger(input)).toBeUndefined();
  });

  it('never throws, for any input', () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        expect(() => parseTrigger(input)).not.toThrow();
      }),
    );
  });

  it('never throws on something that looks like an event', () => {
    const almostAnEvent = fc.record(
      {
        nodeId: fc.anything(),
        source: fc.constantFrom('aws.ec2', 'my.app'),
        'detail-type': fc.constantFrom(WARNING_DETAIL_TYPE, REBALANCE_DETAIL_TYPE, STATE_CHANGE_DETAIL_TYPE),
        time: fc.oneof(
          fc.anything(),
          fc.string(),
          fc.date({ noInvalidDate: true, max: new Date('2100-01-01') }).map((date) => date.toISOString()),
        ),
        detail: fc.oneof(
          fc.anything(),
          fc.record(
            { 'instance-id': fc.oneof(fc.string(), fc.anything()), 'instance-action': fc.anything() },
            { requiredKeys: [] },
          ),
        ),
      },
      { requiredKeys: [] },
    );

    fc.assert(
      fc.property(almostAnEvent, (input) => {
        expect(() => parseTrigger(input)).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});
