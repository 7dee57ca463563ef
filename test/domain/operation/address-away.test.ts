import { addressAway, type AddressAway, type Sightings } from '../../../domain/operation/address-away';
import type { InstanceState } from '../../../domain/node/observations';
import type { Operation } from '../../../domain/node/stateful-node';
import { aBusyNode, aConfig, aLaunch, OLD_INSTANCE_ID, REPLACEMENT_ID } from '../builders';

const at = (second: number): string => `2026-11-03T10:00:${String(second).padStart(2, '0')}.000Z`;
const NOW = at(50);
const LAUNCHED_AT = at(30);
const hot = aConfig({ persistence: { persistPrivateIp: true, eniAttachment: 'hot' } });

function operationWith(changes: Partial<Operation>): Operation {
  const launch = { ...aLaunch(), launchedAt: LAUNCHED_AT };
  const { operation } = aBusyNode({}, { startedAt: at(0), launch, ...changes });
  return operation;
}

const old = (state: InstanceState, second: number): Sightings => ({
  old: { instanceId: OLD_INSTANCE_ID, role: 'old', state, at: at(second) },
});
const replacement = (second: number, state: InstanceState = 'running', instanceId = REPLACEMENT_ID): Sightings => ({
  replacement: { instanceId, role: 'replacement', state, at: at(second) },
});

describe('the address is away', () => {
  interface Row {
    readonly name: string;
    readonly operation: Partial<Operation>;
    readonly seen?: Sightings;
    readonly away: AddressAway;
  }

  it.each<Row>([
    {
      name: 'from the termination of its instance to the start of the next (cold)',
      operation: { addressTakenAt: at(1) },
      seen: { ...old('terminated', 25), ...replacement(42) },
      away: { awayFrom: at(1), awayTo: at(42) },
    },
    {
      name: 'from the announced end, if EC2 was earlier',
      operation: { addressTakenAt: at(5), endsAt: at(3) },
      seen: replacement(42),
      away: { awayFrom: at(3), awayTo: at(42) },
    },
    {
      name: 'not from an announced end that is still to come',
      operation: { addressTakenAt: at(5), endsAt: at(55) },
      seen: replacement(42),
      away: { awayFrom: at(5), awayTo: at(42) },
    },
    {
      name: 'from the detachment to the attachment (hot)',
      operation: {
        config: hot,
        detachments: [
          { attachmentId: 'eni-attach-2', askedAt: at(44) },
          { attachmentId: 'eni-attach-1', askedAt: at(43) },
        ],
      },
      seen: { ...replacement(40), attachedAt: at(47) },
      away: { awayFrom: at(43), awayTo: at(47) },
    },
    {
      name: 'from the end of an instance that EC2 ended by itself',
      operation: { cause: 'lost' },
      seen: { ...old('terminated', 4), ...replacement(42) },
      away: { awayFrom: at(4), awayTo: at(42) },
    },
    {
      name: 'from the start of the operation, if nothing tells when its instance was lost',
      operation: { cause: 'lost' },
      seen: replacement(42),
      away: { awayFrom: at(0), awayTo: at(42) },
    },
    {
      name: 'since it is not known when, if the old instance is seen to run',
      operation: {},
      seen: { ...old('running', 4), ...replacement(42) },
      away: { awayFrom: undefined, awayTo: at(42) },
    },
    {
      name: 'until the confirmation, if the start of the instance was not seen',
      operation: { addressTakenAt: at(1) },
      away: { awayFrom: at(1), awayTo: NOW },
    },
    {
      name: 'until the confirmation, if it was another instance that started',
      operation: { addressTakenAt: at(1) },
      seen: replacement(42, 'running', 'i-0000000000000003f'),
      away: { awayFrom: at(1), awayTo: NOW },
    },
    {
      name: 'until the launch at least, because events have whole seconds',
      operation: { addressTakenAt: at(1) },
      seen: replacement(29),
      away: { awayFrom: at(1), awayTo: LAUNCHED_AT },
    },
    {
      name: 'until the confirmation at most, because clocks differ',
      operation: { addressTakenAt: at(1) },
      seen: replacement(51),
      away: { awayFrom: at(1), awayTo: NOW },
    },
    {
      name: 'not in an adjustment',
      operation: { kind: 'adjust', detachments: [{ attachmentId: 'eni-attach-1', askedAt: at(3) }] },
      away: {},
    },
  ])('$name', ({ operation, seen = {}, away }) => {
    expect(addressAway(operationWith(operation), seen, NOW, true)).toEqual(away);
  });

  it('without an end while nothing carries it', () => {
    const operation = operationWith({ addressTakenAt: at(1) });
    expect(addressAway(operation, replacement(42), NOW, false)).toEqual({ awayFrom: at(1), awayTo: undefined });
  });
});
