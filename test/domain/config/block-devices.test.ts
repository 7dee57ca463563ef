import { parseConfig } from '../../../domain/config/validate-config';
import type { NodeConfig } from '../../../domain/config/node-config';
import { aConfig } from '../builders';

type Mapping = NonNullable<NodeConfig['compute']['launchSpecification']['blockDeviceMappings']>[number];
type Ebs = NonNullable<Mapping['ebs']>;

const FIELD = 'compute.launchSpecification.blockDeviceMappings';

function fieldErrorsOf(...blockDeviceMappings: Mapping[]): readonly string[] {
  const parsed = parseConfig(aConfig({ launchSpecification: { blockDeviceMappings } }));
  return parsed.kind === 'invalid' ? parsed.fieldErrors.map(({ field, message }) => `${field}: ${message}`) : [];
}

const volumeErrors = (ebs: Ebs) => fieldErrorsOf({ deviceName: '/dev/sdf', ebs });

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
    { volumeType: 'IO1', iops: 100 },
    { volumeType: 'Gp3', throughput: 750 },
  ])('%j', (ebs) => {
    expect(volumeErrors(ebs)).toEqual([]);
  });
});

describe('A volume is refused', () => {
  it.each<{ ebs: Ebs; fieldErrors: string[] }>([
    {
      ebs: { volumeType: 'gp3', iops: 2_999 },
      fieldErrors: ['iops: must be from 3000 to 80000 for the volume type gp3'],
    },
    {
      ebs: { volumeType: 'gp3', iops: 80_001 },
      fieldErrors: ['iops: must be from 3000 to 80000 for the volume type gp3'],
    },
    {
      ebs: { volumeType: 'gp3', throughput: 124 },
      fieldErrors: ['throughput: must be from 125 to 2000 for the volume type gp3'],
    },
    {
      ebs: { volumeType: 'gp3', throughput: 2_001, iops: 80_000 },
      fieldErrors: ['throughput: must be from 125 to 2000 for the volume type gp3'],
    },
    {
      ebs: { volumeType: 'gp3', throughput: 751 },
      fieldErrors: ['throughput: must be at most 750 for 3000 IOPS: set ebs.iops'],
    },
    {
      ebs: { volumeType: 'gp3', throughput: 1_001, iops: 4_000 },
      fieldErrors: ['throughput: must be at most 1000 for 4000 IOPS: set ebs.iops'],
    },
    {
      ebs: { volumeType: 'gp3', iops: 5_001, volumeSize: 10 },
      fieldErrors: ['iops: must be at most 5000 for 10 GiB of the volume type gp3'],
    },
    {
      ebs: { volumeType: 'io1', iops: 201, volumeSize: 4 },
      fieldErrors: ['iops: must be at most 200 for 4 GiB of the volume type io1'],
    },
    { ebs: { volumeType: 'IO1' }, fieldErrors: ['iops: is required for the volume type io1'] },
    { ebs: { volumeType: 'io1' }, fieldErrors: ['iops: is required for the volume type io1'] },
    { ebs: { volumeType: 'io2' }, fieldErrors: ['iops: is required for the volume type io2'] },
    {
      ebs: { volumeType: 'io1', iops: 64_001 },
      fieldErrors: ['iops: must be from 100 to 64000 for the volume type io1'],
    },
    { ebs: { volumeType: 'io2', iops: 99 }, fieldErrors: ['iops: must be from 100 to 256000 for the volume type io2'] },
    {
      ebs: { volumeType: 'gp2', iops: 3_000, throughput: 125 },
      fieldErrors: [
        'iops: cannot be set for the volume type gp2: remove it',
        'throughput: cannot be set for the volume type gp2: remove it',
      ],
    },
    {
      ebs: { volumeType: 'io1', iops: 100, throughput: 125 },
      fieldErrors: ['throughput: cannot be set for the volume type io1: remove it'],
    },
    {
      ebs: { iops: 3_000, throughput: 125 },
      fieldErrors: ['iops', 'throughput'].map(
        (key) => `${key}: needs ebs.volumeType, which says how much of it there may be`,
      ),
    },
    {
      ebs: { volumeType: 'st1', volumeSize: 124 },
      fieldErrors: ['volumeSize: must be from 125 to 16384 for the volume type st1'],
    },
    {
      ebs: { volumeType: 'sc1', volumeSize: 16_385 },
      fieldErrors: ['volumeSize: must be from 125 to 16384 for the volume type sc1'],
    },
    {
      ebs: { volumeType: 'standard', volumeSize: 1_025 },
      fieldErrors: ['volumeSize: must be from 1 to 1024 for the volume type standard'],
    },
  ])('$ebs', ({ ebs, fieldErrors }) => {
    expect(volumeErrors(ebs)).toEqual(fieldErrors.map((fieldError) => `${FIELD}.0.ebs.${fieldError}`));
  });
});

describe('A mapping', () => {
  it('needs something to map', () => {
    expect(fieldErrorsOf({ deviceName: '/dev/sdf' })).toEqual([`${FIELD}.0: needs ebs, virtualName or noDevice`]);
  });

  it('is the only one of its device', () => {
    const [one, other] = [
      { deviceName: '/dev/sdf', noDevice: '' },
      { deviceName: '/dev/sdg', noDevice: '' },
    ];

    expect(fieldErrorsOf(one, other, one, one)).toEqual(
      [2, 3].map(
        (index) => `${FIELD}.${index}.deviceName: /dev/sdf is mapped at index 0 already: remove one of the two`,
      ),
    );
  });

  it('that removes a device may have any volume', () => {
    expect(fieldErrorsOf({ deviceName: '/dev/sdf', noDevice: '', ebs: { volumeType: 'io1' } })).toEqual([]);
  });
});
