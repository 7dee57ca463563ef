import { decideVolumeRelease } from '../../../domain/operation/release-volumes';
import { aVolume } from '../builders';

const ENDED = ['i-ended'];
const living = new Set(['i-living']);
const on = (instanceIds: readonly string[]) => ({ state: 'in-use', instanceIds });
const ends = { deleteOnTermination: true };

describe('decideVolumeRelease', () => {
  it.each([
    { name: 'a free one', volume: {}, asked: 'delete', otherwise: 'leave' },
    { name: 'one on an instance that has ended', volume: on(ENDED), asked: 'wait', otherwise: 'leave' },
    {
      name: 'one that ends with its instance',
      volume: { ...on(ENDED), ...ends },
      asked: 'nothing',
      otherwise: 'nothing',
    },
    { name: 'one on a living instance', volume: on(['i-living']), asked: 'leave', otherwise: 'leave' },
    { name: 'one on two instances', volume: on([...ENDED, 'i-living']), asked: 'leave', otherwise: 'leave' },
    {
      name: 'one that will end with a living instance',
      volume: { ...on(['i-living']), ...ends },
      asked: 'leave',
      otherwise: 'leave',
    },
    { name: 'one in the making', volume: { state: 'creating' }, asked: 'leave', otherwise: 'leave' },
    { name: 'one that failed', volume: { state: 'error' }, asked: 'leave', otherwise: 'leave' },
    { name: 'one on its way out', volume: { state: 'deleting' }, asked: 'nothing', otherwise: 'nothing' },
    { name: 'one that is out', volume: { state: 'deleted' }, asked: 'nothing', otherwise: 'nothing' },
  ])('$name: $asked if it must be deleted, otherwise $otherwise', ({ volume, asked, otherwise }) => {
    expect(decideVolumeRelease(aVolume(volume), true, living)).toEqual({ kind: asked });
    expect(decideVolumeRelease(aVolume(volume), false, living)).toEqual({ kind: otherwise });
  });
});
