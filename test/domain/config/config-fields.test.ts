import { parseConfig } from '../../../domain/config/validate-config';
import { configFields } from '../../../domain/config/config-fields';
import { applyPatch } from '../../../domain/config/config-update';
import { aConfig } from '../builders';

/** `a.b[].c` and a value: an object that has it there. */
function at(path: string, value: unknown): unknown {
  const [first = '', ...others] = path.split('.');
  const inner = others.length === 0 ? value : at(others.join('.'), value);
  return first.endsWith('[]') ? { [first.slice(0, -2)]: [inner] } : { [first]: inner };
}

function fieldErrorsOf(patch: unknown): readonly { readonly field: string; readonly message: string }[] {
  const parsed = parseConfig(applyPatch(aConfig(), patch));
  return parsed.kind === 'invalid' ? parsed.fieldErrors : [];
}

const spec = 'compute.launchSpecification';

describe('A field of which only one value is honoured', () => {
  const rows = [
    { field: 'strategy.revertToSpot.performAt', accepted: 'never', refused: ['always', 'timeWindow'] },
    { field: 'strategy.optimizationWindows', accepted: [], refused: [['Mon:03:00-Wed:02:30']] },
    { field: 'strategy.utilizeReservedInstances', accepted: false, refused: [true] },
    { field: 'strategy.utilizeCommitments', accepted: false, refused: [true] },
    { field: 'persistence.persistRootDevice', accepted: false, refused: [true] },
    { field: 'persistence.persistBlockDevices', accepted: false, refused: [true] },
    { field: 'healthCheck.type', accepted: 'EC2', refused: ['ELB', 'TARGET_GROUP'] },
    { field: `${spec}.resourceTagSpecification.snapshots.shouldTag`, accepted: false, refused: [true] },
    { field: `${spec}.resourceTagSpecification.amis.shouldTag`, accepted: false, refused: [true] },
    { field: 'scheduling.tasks', accepted: [], refused: [[{ taskType: 'pause', cronExpression: '0 20 * * *' }]] },
    { field: 'integrations.route53.domains', accepted: [], refused: [[{}]] },
    { field: 'integrations.loadBalancersConfig.loadBalancers', accepted: [], refused: [[{}]] },
  ];

  it.each(rows)('$field accepts $accepted and echoes it', ({ field, accepted }) => {
    const patch = at(field, accepted);
    const parsed = parseConfig(applyPatch(aConfig(), patch));

    expect(parsed).toEqual({ kind: 'config', config: applyPatch(aConfig(), patch) });
  });

  it.each(rows.flatMap(({ refused, ...row }) => refused.map((value) => ({ ...row, value }))))(
    '$field refuses $value by name',
    ({ field, value }) => {
      expect(fieldErrorsOf(at(field, value))).toEqual([{ field, message: expect.any(String) as string }]);
    },
  );

  it('says what to set, and why', () => {
    expect(fieldErrorsOf({ strategy: { revertToSpot: { performAt: 'always' } } })[0]?.message).toBe(
      'must be "never" for now: an on-demand instance is not replaced by a spot one',
    );
  });

  it('has a row here', () => {
    const restricted = configFields().filter(({ support }) => support === 'restricted');
    expect(restricted.map(({ path }) => path)).toEqual(expect.arrayContaining(rows.map(({ field }) => field)));
    expect(restricted).toHaveLength(rows.length);
  });
});

describe('A field that is known and not supported', () => {
  const rows = [
    { field: 'strategy.orientation', value: 'balanced' },
    { field: 'strategy.minimumInstanceLifetime', value: 1 },
    { field: 'persistence.blockDevicesMode', value: 'reattach' },
    { field: 'compute.volumeAttachments', value: { volumes: [] } },
    {
      field: `${spec}.instanceTypes.resourceRequirements`,
      value: { requiredVCpu: { minimum: 1, maximum: 4 }, requiredMemory: { minimum: 1, maximum: 8 } },
    },
    { field: `${spec}.shutdownScript`, value: 'IyEvYmluL3No' },
    { field: `${spec}.networkInterfaces[].networkInterfaceId`, value: 'eni-1', beside: { deviceIndex: 0 } },
  ];

  it.each(rows)('$field is refused by name, with why and what to do', ({ field, value, beside }) => {
    const patch =
      beside === undefined
        ? at(field, value)
        : at(`${spec}.networkInterfaces`, [{ ...beside, networkInterfaceId: value }]);

    expect(fieldErrorsOf(patch)).toEqual([
      {
        field: field.replace('[]', '.0'),
        message: expect.stringMatching(/^is not supported yet \(.+\); remove it$/) as string,
      },
    ]);
  });

  it.each(rows)('$field may be null', ({ field }) => {
    expect(fieldErrorsOf(field.includes('[]') ? {} : at(field, null))).toEqual([]);
  });

  it('has a row here', () => {
    const refused = configFields().filter(({ support }) => support === 'refused');
    expect(refused.map(({ path }) => path).sort()).toEqual(rows.map(({ field }) => field).sort());
  });
});

describe('A name that is no field', () => {
  it.each(['id', 'createdAt', 'updatedAt'])('%s is reported as read-only, because responses contain it', (field) => {
    expect(fieldErrorsOf({ [field]: 'x' })).toEqual([{ field, message: 'cannot be set; remove it' }]);
  });

  it.each(['nmae', 'compute.launchSpecification.spotPrice'])('%s is refused', (field) => {
    expect(fieldErrorsOf(at(field, 1))).toEqual([{ field, message: 'is not supported; remove it' }]);
  });
});

describe('The error of a value', () => {
  it.each([
    { name: 'left out', patch: { name: null }, field: 'name', message: 'is required' },
    { name: 'of another kind: a text', patch: { name: 1 }, field: 'name', message: 'must be a string' },
    {
      name: 'of another kind: a flag',
      patch: at('strategy.fallbackToOd', 'yes'),
      field: 'strategy.fallbackToOd',
      message: 'must be true or false',
    },
    {
      name: 'of another kind: an integer',
      patch: at('strategy.drainingTimeout', 0.5),
      field: 'strategy.drainingTimeout',
      message: 'must be an integer',
    },
    {
      name: 'of another kind: a list',
      patch: at('compute.subnetIds', 'subnet-1'),
      field: 'compute.subnetIds',
      message: 'must be a list',
    },
    { name: 'of another kind: an object', patch: { strategy: [] }, field: 'strategy', message: 'must be an object' },
  ])('$name says what it must be', ({ patch, field, message }) => {
    expect(fieldErrorsOf(patch)).toEqual([{ field, message }]);
  });
});

describe('configFields', () => {
  it('says what is honoured, and what is required', () => {
    const fields = new Map(configFields().map((field) => [field.path, field]));

    expect(fields.get('compute.subnetIds')).toMatchObject({ support: 'honoured', isRequired: true });
    expect(fields.get('compute.elasticIp')).toMatchObject({ support: 'honoured', isRequired: false });
    expect(fields.get(`${spec}.tags[].tagKey`)).toMatchObject({ support: 'honoured', isRequired: true });
    expect(fields.get('scheduling.tasks')?.description).toBe(
      'Only an empty list for now: nothing is done by schedule.',
    );
    expect(fields.get('strategy.orientation')?.description).toMatch(/^Not supported yet: /);
  });
});
