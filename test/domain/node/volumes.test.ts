import { decideVolumeDeletion } from '../../../domain/node/volumes';
import type { SeenVolume } from '../../../domain/node/observations';
import { aVolume, NODE_ID } from '../builders';

const VOLUME_ID = 'vol-0123456789abcdef0';
const seen = (overrides: Partial<SeenVolume> = {}): SeenVolume => aVolume({ id: VOLUME_ID, ...overrides });

describe('decideVolumeDeletion', () => {
  it.each([
    { name: "the node's own, not in use", volume: seen(), kind: 'delete' },
    { name: 'one on its way out', volume: seen({ state: 'deleting' }), kind: 'nothing' },
    { name: 'one that is out', volume: seen({ state: 'deleted' }), kind: 'nothing' },
  ])('$name: $kind', ({ volume, kind }) => {
    expect(decideVolumeDeletion({ id: NODE_ID }, VOLUME_ID, volume)).toEqual({ kind });
  });

  it.each([
    { name: 'one that is unknown', volume: undefined, because: /is no volume of smi-0a1b2c3d; give one/ },
    { name: "another node's", volume: seen({ nodeId: 'smi-ffffffff' }), because: /is no volume of smi-0a1b2c3d/ },
    { name: 'one without a tag', volume: seen({ nodeId: undefined }), because: /is no volume of smi-0a1b2c3d/ },
    {
      name: 'one in use',
      volume: seen({ state: 'in-use', instanceIds: ['i-1', 'i-2'] }),
      because: /in use by i-1, i-2; ask again once the instance has ended/,
    },
    { name: 'one in the making', volume: seen({ state: 'creating' }), because: /in the state creating/ },
    { name: 'one that failed', volume: seen({ state: 'error' }), because: /in the state error/ },
  ])('refuses $name', ({ volume, because }) => {
    expect(decideVolumeDeletion({ id: NODE_ID }, VOLUME_ID, volume)).toEqual({
      kind: 'refused',
      because: expect.stringMatching(because) as string,
    });
  });
});
