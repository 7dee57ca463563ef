import { decideEnding, skipsOsShutdown, takesAddress } from '../../../domain/operation/end-instance';
import { aConfig, anInstance, anOwnedNode, aNode } from '../builders';

const skipping = { skipOsShutdown: true };
const cold = aConfig({ strategy: skipping });
const hot = aConfig({ strategy: skipping, persistence: { persistPrivateIp: true, eniAttachment: 'hot' } });
const onHotInstance = { instance: { ...aNode().instance!, attachment: 'hot' as const } };

describe('The OS shutdown of the old instance', () => {
  it.each([
    { name: 'a replacement of a cold instance', owned: anOwnedNode({}, { config: cold }), waits: true },
    {
      name: 'a launch after a failed replacement',
      owned: anOwnedNode({}, { kind: 'launch', config: cold }),
      waits: true,
    },
    { name: 'a cold instance that becomes hot', owned: anOwnedNode({}, { config: hot }), waits: true },
    { name: 'a hot instance that becomes cold', owned: anOwnedNode(onHotInstance, { config: cold }), waits: true },
    { name: 'a hot instance', owned: anOwnedNode(onHotInstance, { config: hot }), waits: false },
    { name: 'a pause', owned: anOwnedNode({}, { kind: 'pause', config: cold }), waits: false },
    { name: 'a deletion', owned: anOwnedNode({}, { kind: 'delete', config: cold }), waits: false },
  ])('is skipped if the address waits for it: $name: $waits', ({ owned, waits }) => {
    expect(takesAddress(owned)).toBe(waits);
    expect(skipsOsShutdown(owned)).toBe(waits);
  });

  it.each([{}, { skipOsShutdown: false }])('is not skipped if the configuration says %j', (strategy) => {
    const owned = anOwnedNode({}, { config: aConfig({ strategy }) });
    expect(takesAddress(owned)).toBe(true);
    expect(skipsOsShutdown(owned)).toBe(false);
  });

  it('follows the configuration of the operation, which an update does not change', () => {
    expect(skipsOsShutdown(anOwnedNode({ config: cold }, { config: aConfig() }))).toBe(false);
    expect(skipsOsShutdown(anOwnedNode({ config: aConfig() }, { config: cold }))).toBe(true);
  });
});

describe('decideEnding', () => {
  it.each([
    { name: 'no volume outlives the instance', seen: anInstance(), ending: { kind: 'abrupt' } },
    { name: 'an empty list', seen: anInstance({ keptVolumeIds: [] }), ending: { kind: 'abrupt' } },
    {
      name: 'a volume outlives the instance',
      seen: anInstance({ keptVolumeIds: ['vol-1'] }),
      ending: { kind: 'orderly', keptVolumeIds: ['vol-1'] },
    },
    { name: 'EC2 does not show the instance', seen: undefined, ending: { kind: 'orderly', keptVolumeIds: [] } },
  ])('$name', ({ seen, ending }) => {
    expect(decideEnding(seen)).toEqual(ending);
  });
});
