import { parseConfig } from '../../../domain/config/validate-config';
import type { NodeConfig } from '../../../domain/config/node-config';
import { aConfig } from '../builders';

type Mapping = NonNullable<NodeConfig['compute']['launchSpecification']['blockDeviceMappings']>[number];
type Ebs = NonNullable<Mapping['ebs']>;

const FIELD = 'compute.launchSpecification.blockDeviceMappings';

function faultsOf(...blockDeviceMappings: Mapping[]): readonly string[] {
  const parsed = parseConfig(aConfig({ launchSpecification: { blockDeviceMappings } }));
  return parsed.kind === 'faults' ? parsed.faults.map(({ field, message }) => `${field}: ${message}`) : [];
}

const volumeFaults = (ebs: Ebs) => faultsOf({ deviceName: '/dev/sdf', ebs });

describe('A volume may be', () => {
  it.each<Ebs>([
    {},
    { volumeType: 'gp3' },
    { volumeType: 'gp3', iops: 3_000, throughput: 125 },
    { volumeType: 'gp3', iops: 3_000, volumeSize: 1 },
    { volumeType: 'gp3', iops: 80_000, throughput: 2_000, volumeSize: 65_536 },
    { volumeType: 'gp3', iops: 5_000, volumeSize: 10 },
    { volumeType: 'gp3', throughput: 750 },
    { volumeType: 'io1', iops: 100 },
    { volumeType: 'io1', iops: 64_000, volumeSize: 16_384 },
    { volumeType: 'io1', iops: 200, volumeSize: 4 },
    { volumeType: 'io2', iops: 256_000, volumeSize: 256 },
    { volumeType: 'gp2', volumeSize: 16_384 },
    { volumeType: 'st1', volumeSize: 125 },
    { volumeType: 'standard', volumeSize: 1_024 },
  ])('%j', (ebs) => {
    expect(volumeFaults(ebs)).toEqual([]);
  });
});

describe('A volume is refused', () => {
  it.each<{ ebs: Ebs; faults: string[] }>([
    { ebs: { volumeType: 'gp3', iops: 2_999 }, faults: ['iops: must be from 3000 to 80000 for the volume type gp3'] },
    { ebs: { volumeType: 'gp3', iops: 80_001 }, faults: ['iops: must be from 3000 to 80000 for the volume type gp3'] },
    {
      ebs: { volumeType: 'gp3', throughput: 124 },
      faults: ['throughput: must be from 125 to 2000 for the volume type gp3'],
    },
    {
      ebs: { volumeType: 'gp3', throughput: 2_001, iops: 80_000 },
      faults: ['throughput: must be from 125 to 2000 for the volume type gp3'],
    },
    {
      ebs: { volumeType: 'gp3', throughput: 751 },
      faults: ['throughput: must be at most 750 for 3000 IOPS: set ebs.iops'],
    },
    {
      ebs: { volumeType: 'gp3', throughput: 1_001, iops: 4_000 },
      faults: ['throughput: must be at most 1000 for 4000 IOPS: set ebs.iops'],
    },
    {
      ebs: { volumeType: 'gp3', iops: 5_001, volumeSize: 10 },
      faults: ['iops: must be at most 5000 for 10 GiB of the volume type gp3'],
    },
    {
      ebs: { volumeType: 'io1', iops: 201, volumeSize: 4 },
      faults: ['iops: must be at most 200 for 4 GiB of the volume type io1'],
    },
    { ebs: { volumeType: 'io1' }, faults: ['iops: is required for the volume type io1'] },
    { ebs: { volumeType: 'io2' }, faults: ['iops: is required for the volume type io2'] },
    { ebs: { volumeType: 'io1', iops: 64_001 }, faults: ['iops: must be from 100 to 64000 for the volume type io1'] },
    { ebs: { volumeType: 'io2', iops: 99 }, faults: ['iops: must be from 100 to 256000 for the volume type io2'] },
    {
      ebs: { volumeType: 'gp2', iops: 3_000, throughput: 125 },
      faults: [
        'iops: cannot be set for the volume type gp2: remove it',
        'throughput: cannot be set for the volume type gp2: remove it',
      ],
    },
    {
      ebs: { volumeType: 'io1', iops: 100, throughput: 125 },
      faults: ['throughput: cannot be set for the volume type io1: remove it'],
    },
    {
      ebs: { iops: 3_000, throughput: 125 },
      faults: ['iops', 'throughput'].map(
        (key) => `${key}: needs ebs.volumeType, which says how much of it there may be`,
      ),
    },
    {
      ebs: { volumeType: 'st1', volumeSize: 124 },
      faults: ['volumeSize: must be from 125 to 16384 for the volume type st1'],
    },
    {
      ebs: { volumeType: 'sc1', volumeSize: 16_385 },
      faults: ['volumeSize: must be from 125 to 16384 for the volume type sc1'],
    },
    {
      ebs: { volumeType: 'standard', volumeSize: 1_025 },
      faults: ['volumeSize: must be from 1 to 1024 for the volume type standard'],
    },
  ])('$ebs', ({ ebs, faults }) => {
    expect(volumeFaults(ebs)).toEqual(faults.map((fault) => `${FIELD}.0.ebs.${fault}`));
  });
});

describe('A mapping', () => {
  it('needs something that is mapped', () => {
    expect(faultsOf({ deviceName: '/dev/sdf' })).toEqual([`${FIELD}.0: needs ebs, virtualName or noDevice`]);
  });

  it('is one of its device', () => {
    const [one, other] = [
      { deviceName: '/dev/sdf', noDevice: '' },
      { deviceName: '/dev/sdg', noDevice: '' },
    ];

    expect(faultsOf(one, other, one, one)).toEqual(
      [2, 3].map(
        (index) => `${FIELD}.${index}.deviceName: /dev/sdf is mapped at index 0 already: remove one of the two`,
      ),
    );
  });

  it('that leaves a device out may say anything of its volume', () => {
    expect(faultsOf({ deviceName: '/dev/sdf', noDevice: '', ebs: { volumeType: 'io1' } })).toEqual([]);
  });
});
