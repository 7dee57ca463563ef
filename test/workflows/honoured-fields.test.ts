/**
 * No field of a request is accepted and ignored. Every field that the schemas accept has a row here: what the simulated
 * EC2 is asked for, or what happens there, that does not happen without the field. A field without a row fails.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type {
  CreateNetworkInterfaceCommandInput,
  InstanceNetworkInterfaceSpecification,
  RunInstancesCommandInput,
  TerminateInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import * as z from 'zod';
import { configFields } from '../../domain/config/config-fields';
import { applyPatch } from '../../domain/config/config-update';
import type { ImportRequest } from '../../domain/import/import-document';
import { NODE_NAME_TAG, type Deletion } from '../../domain/node/stateful-node';
import { synthesizeTemplate } from '../../infra/app';
import { InvalidRequest } from '../../lambdas/api/node-service';
import { routes } from '../../lambdas/api/routes';
import { beginImport, BESIDE, KEEPING, launchPlain, primaryOf, RENEWING, type Plain } from './import-play';
import { Play, plays } from './play';

const open = plays();

const SPEC = 'compute.launchSpecification';
const DEVICES = `${SPEC}.blockDeviceMappings`;
const SCRIPT = Buffer.from('#!/bin/sh\n').toString('base64');
const TEAM = { tagKey: 'team', tagValue: 'books' };
const template = synthesizeTemplate({ instanceRoleArns: ['arn:aws:iam::123456789012:role/web'] });

type Patch = object | ((play: Play) => object);

interface Effect {
  readonly field: string;
  readonly given: Patch;
  /** What the document without the field has instead. @default the example document */
  readonly without?: Patch;
  /** After the first launch. */
  readonly act?: (play: Play) => Promise<unknown>;
  readonly seen: (play: Play) => unknown;
  /** What is seen with the field, and not seen without it. */
  readonly is: unknown;
}

const launch = (play: Play) => play.callsOf('RunInstances').at(-1)?.input as RunInstancesCommandInput;
const launchedAs = (play: Play): InstanceNetworkInterfaceSpecification | undefined =>
  launch(play).NetworkInterfaces?.[0];
const making = (play: Play) =>
  play.callsOf('CreateNetworkInterface').at(-1)?.input as CreateNetworkInterfaceCommandInput;
const tagsOfInstance = (play: Play) => launch(play).TagSpecifications?.[0]?.Tags;
const device = (play: Play) => launch(play).BlockDeviceMappings?.[0];
const launches = (play: Play) => play.callsOf('RunInstances').length;

const spec = (launchSpecification: object) => ({ compute: { launchSpecification } });
const devices = (mapping: object) => spec({ blockDeviceMappings: [{ deviceName: '/dev/sdf', ...mapping }] });
const volume = (ebs: object) => devices({ ebs: { volumeSize: 8, ...ebs } });
const types = (given: object) => spec({ instanceTypes: given });
const networkInterface = (given: object) => spec({ networkInterfaces: [{ deviceIndex: 0, ...given }] });
const bothSubnets = ({ sandbox: { account } }: Play) => [account.subnetIds[0], account.subnetIds[1]];

/** EC2 has no capacity in the zone of the first subnet, of any kind or of spot only. */
function noCapacity({ sandbox: { ec2, account } }: Play, lifeCycles: readonly ('spot' | 'on_demand')[]): void {
  const [availabilityZone] = account.availabilityZones;
  for (const instanceType of ['m7g.large', 'm6g.large']) {
    for (const lifeCycle of lifeCycles) ec2.setCapacity({ instanceType, availabilityZone, lifeCycle }, 0);
  }
}

/** A check of the instance fails for five minutes, ten minutes after the launch. */
async function fallIll(play: Play): Promise<void> {
  await play.passSeconds(600);
  play.sandbox.ec2.impairInstance((await play.node()).instance?.id ?? '');
  await play.passSeconds(300);
  await play.reconcile();
}

const effects: readonly Effect[] = [
  {
    field: 'name',
    given: { name: 'ledger' },
    seen: (play) => making(play).TagSpecifications?.[0]?.Tags?.find(({ Key }) => Key === NODE_NAME_TAG)?.Value,
    is: 'ledger',
  },
  {
    field: 'strategy.lifeCycle',
    given: { strategy: { lifeCycle: 'on_demand' } },
    seen: (play) => launch(play).InstanceMarketOptions,
    is: undefined,
  },
  {
    field: 'strategy.fallbackToOd',
    given: { strategy: { fallbackToOd: false } },
    act: async (play) => {
      noCapacity(play, ['spot']);
      await play.interrupt();
      await play.untilIdle();
    },
    seen: async (play) => (await play.node()).status,
    is: 'ERROR',
  },
  {
    field: 'strategy.drainingTimeout',
    given: { strategy: { drainingTimeout: 600 } },
    act: (play) => play.ask((service) => service.act(play.nodeId, 'recycle')),
    seen: (play) => {
      const [asked = Infinity] = play.history
        .filter(({ execution }) => execution.stateMachineName.endsWith('replace-node'))
        .map(({ at }) => at);
      const [ended] = play.callsOf('TerminateInstances');
      return (ended?.at ?? 0) - asked >= 600_000;
    },
    is: true,
  },
  {
    field: 'strategy.rebalanceRecommendation',
    given: { strategy: { rebalanceRecommendation: 'replace' } },
    act: async (play) => {
      play.sandbox.ec2.recommendRebalance((await play.node()).instance?.id ?? '');
      await play.untilIdle();
    },
    seen: launches,
    is: 2,
  },
  {
    field: 'strategy.skipOsShutdown',
    given: { strategy: { skipOsShutdown: true } },
    act: async (play) => {
      await play.interrupt();
      await play.untilIdle();
    },
    seen: (play) => (play.callsOf('TerminateInstances')[0]?.input as TerminateInstancesCommandInput).SkipOsShutdown,
    is: true,
  },
  {
    field: 'persistence.persistPrivateIp',
    given: (play) => ({
      persistence: { persistPrivateIp: false },
      compute: { privateIp: null, subnetIds: bothSubnets(play) },
    }),
    without: (play) => ({ compute: { privateIp: null, subnetIds: bothSubnets(play) } }),
    act: async (play) => {
      noCapacity(play, ['spot', 'on_demand']);
      await play.interrupt();
      await play.untilIdle();
    },
    seen: async (play) => {
      const { status, identity } = await play.node();
      return { status, hasMoved: identity.subnetId === bothSubnets(play)[1] };
    },
    is: { status: 'ACTIVE', hasMoved: true },
  },
  {
    field: 'persistence.eniAttachment',
    given: { persistence: { eniAttachment: 'hot' } },
    seen: (play) => play.callsOf('AttachNetworkInterface').length,
    is: 1,
  },
  {
    field: 'persistence.shouldKeepElasticIpOnPause',
    given: { persistence: { shouldKeepElasticIpOnPause: false } },
    act: (play) => play.ask((service) => service.act(play.nodeId, 'pause')),
    seen: (play) => play.elasticIpHolder(),
    is: undefined,
  },
  {
    field: 'healthCheck.autoHealing',
    given: { healthCheck: { autoHealing: false } },
    act: fallIll,
    seen: launches,
    is: 1,
  },
  {
    field: 'healthCheck.gracePeriod',
    given: { healthCheck: { gracePeriod: 7200 } },
    act: fallIll,
    seen: launches,
    is: 1,
  },
  {
    field: 'healthCheck.unhealthyDuration',
    given: { healthCheck: { unhealthyDuration: 7200 } },
    act: fallIll,
    seen: launches,
    is: 1,
  },
  {
    field: 'compute.subnetIds',
    given: (play) => ({ compute: { privateIp: null, subnetIds: [play.sandbox.account.subnetIds[2]] } }),
    seen: (play) => making(play).SubnetId === play.sandbox.account.subnetIds[2],
    is: true,
  },
  {
    field: 'compute.elasticIp',
    given: { compute: { elasticIp: null } },
    seen: (play) => play.elasticIpHolder(),
    is: undefined,
  },
  {
    field: 'compute.privateIp',
    given: { compute: { privateIp: '10.0.0.50' } },
    seen: (play) => making(play).PrivateIpAddress,
    is: '10.0.0.50',
  },
  {
    field: `${SPEC}.instanceTypes.preferredType`,
    given: types({ preferredType: 'm7g.xlarge' }),
    seen: (play) => launch(play).InstanceType,
    is: 'm7g.xlarge',
  },
  {
    field: `${SPEC}.instanceTypes.preferredTypes`,
    given: types({ preferredType: null, preferredTypes: ['m6g.large'] }),
    without: types({ preferredType: null }),
    seen: (play) => launch(play).InstanceType,
    is: 'm6g.large',
  },
  {
    field: `${SPEC}.instanceTypes.types`,
    given: types({ preferredType: null, types: ['m6g.large'] }),
    seen: (play) => launch(play).InstanceType,
    is: 'm6g.large',
  },
  {
    field: `${SPEC}.imageId`,
    given: ({ sandbox: { ec2 } }) => spec({ imageId: ec2.addImage({ name: 'mine', architecture: 'arm64' }) }),
    seen: (play) => play.sandbox.ec2.world.images.get(launch(play).ImageId ?? '')?.name,
    is: 'mine',
  },
  {
    field: `${SPEC}.securityGroupIds`,
    given: ({ sandbox: { ec2, account } }) =>
      spec({ securityGroupIds: [ec2.addSecurityGroup({ vpcId: account.vpcId, name: 'mine' })] }),
    seen: (play) => making(play).Groups?.map((group) => play.sandbox.ec2.world.securityGroups.get(group)?.name),
    is: ['mine'],
  },
  {
    field: `${SPEC}.keyPair`,
    given: spec({ keyPair: 'operator' }),
    seen: (play) => launch(play).KeyName,
    is: 'operator',
  },
  { field: `${SPEC}.userData`, given: spec({ userData: SCRIPT }), seen: (play) => launch(play).UserData, is: SCRIPT },
  ...['tags', 'tags[].tagKey', 'tags[].tagValue'].map((field) => ({
    field: `${SPEC}.${field}`,
    given: spec({ tags: [{ tagKey: 'team', tagValue: 'books' }] }),
    seen: (play: Play) => tagsOfInstance(play)?.filter(({ Key }) => Key === 'team'),
    is: [{ Key: 'team', Value: 'books' }],
  })),
  {
    field: `${SPEC}.resourceTagSpecification.volumes.shouldTag`,
    given: spec({ tags: [TEAM], resourceTagSpecification: { volumes: { shouldTag: true } } }),
    without: spec({ tags: [TEAM] }),
    seen: ({ sandbox: { ec2 } }) => [...ec2.world.volumes.values()].map(({ tags }) => tags.current.team),
    is: ['books'],
  },
  {
    field: `${SPEC}.resourceTagSpecification.enis.shouldTag`,
    given: spec({ tags: [TEAM], resourceTagSpecification: { enis: { shouldTag: true } } }),
    without: spec({ tags: [TEAM] }),
    seen: (play) => making(play).TagSpecifications?.[0]?.Tags?.filter(({ Key }) => Key === 'team'),
    is: [{ Key: 'team', Value: 'books' }],
  },
  {
    field: `${SPEC}.iamRole.name`,
    given: spec({ iamRole: { name: 'web' } }),
    seen: (play) => launch(play).IamInstanceProfile?.Name,
    is: 'web',
  },
  {
    field: `${SPEC}.iamRole.arn`,
    given: spec({ iamRole: { arn: 'arn:aws:iam::123456789012:instance-profile/web' } }),
    seen: (play) => launch(play).IamInstanceProfile?.Arn,
    is: 'arn:aws:iam::123456789012:instance-profile/web',
  },
  ...['networkInterfaces', 'networkInterfaces[].associatePublicIpAddress'].map((field) => ({
    field: `${SPEC}.${field}`,
    given: { persistence: { eniAttachment: 'hot' }, ...networkInterface({ associatePublicIpAddress: false }) },
    without: { persistence: { eniAttachment: 'hot' } },
    seen: (play: Play) => launchedAs(play)?.AssociatePublicIpAddress,
    is: false,
  })),
  {
    field: `${SPEC}.networkInterfaces[].associateIpv6Address`,
    given: networkInterface({ associateIpv6Address: true }),
    seen: (play) => making(play).Ipv6AddressCount,
    is: 1,
  },
  {
    field: `${SPEC}.ebsOptimized`,
    given: spec({ ebsOptimized: true }),
    seen: (play) => launch(play).EbsOptimized,
    is: true,
  },
  {
    field: `${SPEC}.monitoring`,
    given: spec({ monitoring: true }),
    seen: (play) => launch(play).Monitoring,
    is: { Enabled: true },
  },
  {
    field: `${SPEC}.tenancy`,
    given: spec({ tenancy: 'dedicated' }),
    seen: (play) => launch(play).Placement,
    is: { Tenancy: 'dedicated' },
  },
  {
    field: `${SPEC}.creditSpecification.cpuCredits`,
    given: spec({
      instanceTypes: { preferredType: null, types: ['t4g.small'] },
      creditSpecification: { cpuCredits: 'unlimited' },
    }),
    seen: (play) => launch(play).CreditSpecification,
    is: { CpuCredits: 'unlimited' },
  },
  ...['blockDeviceMappings', 'blockDeviceMappings[].deviceName'].map((field) => ({
    field: `${SPEC}.${field}`,
    given: volume({}),
    seen: (play: Play) => device(play)?.DeviceName,
    is: '/dev/sdf',
  })),
  { field: `${DEVICES}[].noDevice`, given: devices({ noDevice: '' }), seen: (play) => device(play)?.NoDevice, is: '' },
  {
    field: `${DEVICES}[].virtualName`,
    given: devices({ virtualName: 'ephemeral0' }),
    seen: (play) => device(play)?.VirtualName,
    is: 'ephemeral0',
  },
  {
    field: `${DEVICES}[].ebs.deleteOnTermination`,
    given: volume({ deleteOnTermination: false }),
    act: async (play) => {
      await play.ask((service) => service.act(play.nodeId, 'pause'));
      await play.passSeconds(60);
    },
    seen: ({ sandbox: { ec2 } }) => ec2.world.volumes.size,
    is: 1,
  },
  {
    field: `${DEVICES}[].ebs.encrypted`,
    given: volume({ encrypted: true }),
    seen: (play) => device(play)?.Ebs?.Encrypted,
    is: true,
  },
  {
    field: `${DEVICES}[].ebs.iops`,
    given: volume({ volumeType: 'gp3', iops: 4000 }),
    seen: (play) => device(play)?.Ebs?.Iops,
    is: 4000,
  },
  {
    field: `${DEVICES}[].ebs.kmsKeyId`,
    given: volume({ encrypted: true, kmsKeyId: 'alias/mine' }),
    seen: (play) => device(play)?.Ebs?.KmsKeyId,
    is: 'alias/mine',
  },
  {
    field: `${DEVICES}[].ebs.snapshotId`,
    given: ({ sandbox: { ec2 } }) => volume({ snapshotId: ec2.addSnapshot({ sizeGib: 5 }) }),
    seen: (play) => play.sandbox.ec2.world.snapshots.get(device(play)?.Ebs?.SnapshotId ?? '')?.sizeGib,
    is: 5,
  },
  {
    field: `${DEVICES}[].ebs.throughput`,
    given: volume({ volumeType: 'gp3', throughput: 250 }),
    seen: (play) => device(play)?.Ebs?.Throughput,
    is: 250,
  },
  {
    field: `${DEVICES}[].ebs.volumeSize`,
    given: volume({ volumeSize: 12 }),
    seen: (play) => device(play)?.Ebs?.VolumeSize,
    is: 12,
  },
  {
    field: `${DEVICES}[].ebs.volumeType`,
    given: volume({ volumeType: 'IO1', iops: 100 }),
    seen: (play) => device(play)?.Ebs?.VolumeType,
    is: 'io1',
  },
  {
    field: `${SPEC}.metadataOptions.httpTokens`,
    given: spec({ metadataOptions: { httpTokens: 'required' } }),
    seen: (play) => launch(play).MetadataOptions?.HttpTokens,
    is: 'required',
  },
  {
    field: `${SPEC}.metadataOptions.httpPutResponseHopLimit`,
    given: spec({ metadataOptions: { httpPutResponseHopLimit: 3 } }),
    seen: (play) => launch(play).MetadataOptions?.HttpPutResponseHopLimit,
    is: 3,
  },
  {
    field: `${SPEC}.metadataOptions.instanceMetadataTags`,
    given: spec({ metadataOptions: { instanceMetadataTags: 'Enabled' } }),
    seen: (play) => launch(play).MetadataOptions?.InstanceMetadataTags,
    is: 'enabled',
  },
];

/** Fields that only say what is so: a value that is not so is refused. */
const assertions: readonly { readonly field: string; readonly wrong: Patch; readonly named?: string }[] = [
  { field: 'region', wrong: { region: 'eu-west-1' } },
  {
    field: 'compute.vpcId',
    wrong: ({ sandbox: { ec2 } }) => ({ compute: { vpcId: ec2.addVpc({ cidrBlock: '10.9.0.0/16' }) } }),
    named: 'compute.subnetIds.0',
  },
  { field: 'compute.product', wrong: { compute: { product: 'Windows' } } },
  {
    field: `${SPEC}.networkInterfaces[].deviceIndex`,
    wrong: spec({ networkInterfaces: [{ deviceIndex: 1 }] }),
    named: `${SPEC}.networkInterfaces.0.deviceIndex`,
  },
];

/** Accepted, and nothing of them is known to AWS. */
const withoutMeaning: Readonly<Record<string, string>> = {
  description: 'text for people; responses have it',
};

async function documentWith(play: Play, patch: Patch = {}): Promise<unknown> {
  return applyPatch(await play.document(), typeof patch === 'function' ? patch(play) : patch);
}

/** A node whose example document was changed like this, after its first launch and the action. */
async function launched(patch: Patch | undefined, { act }: Effect): Promise<Play> {
  const play = await open({ template });
  const { id } = await play.settle(play.service.create(await documentWith(play, patch)));
  play.nodeId = id;
  await play.untilIdle();
  await act?.(play);
  return play;
}

describe('A field of the document', () => {
  /** A node of the example document, after its first launch. */
  let example: Play;
  beforeAll(async () => {
    example = await Play.open({ template });
    await example.create();
  });
  afterAll(() => example.stop());

  test.each(effects)('$field has its effect', async (row) => {
    const play = await launched(row.given, row);
    expect(await row.seen(play)).toEqual(row.is);

    const isExample = row.without === undefined && row.act === undefined;
    const other = isExample ? example : await launched(row.without, row);
    expect(await row.seen(other)).not.toEqual(row.is);
  });

  test.each(assertions)('$field is refused if it is not so', async ({ field, wrong, named = field }) => {
    const play = await open({ template });
    const creating = play.settle(play.service.create(await documentWith(play, wrong)));

    await expect(creating).rejects.toThrow(InvalidRequest);
    await expect(creating).rejects.toMatchObject({
      fieldErrors: expect.arrayContaining([{ field: named, message: expect.any(String) as string }]) as unknown,
    });
  });

  test('has a row if it is honoured; the others accept only what changes nothing, or are refused', () => {
    const honoured = configFields().filter(({ support }) => support === 'honoured');
    const rows = [
      ...effects.map(({ field }) => field),
      ...assertions.map(({ field }) => field),
      ...Object.keys(withoutMeaning),
    ];
    expect(rows.sort()).toEqual(honoured.map(({ path }) => path).sort());
  });
});

/** The paths of a schema's fields, like `deallocationConfig.shouldTerminateInstance`. */
function fieldsOf(schema: any, path = ''): readonly string[] {
  const real = schema.anyOf?.find(({ type }: { type?: string }) => type !== 'null') ?? schema;
  if (real.properties === undefined) return [path];
  return Object.entries(real.properties).flatMap(([name, field]) =>
    fieldsOf(field, path === '' ? name : `${path}.${name}`),
  );
}

function bodyFieldsOf(operationId: string): readonly string[] {
  const body = routes.find((route) => route.operationId === operationId)?.body?.schema;
  return body === undefined ? [] : fieldsOf(z.toJSONSchema(body));
}

describe('A flag of a deletion', () => {
  const KEPT: Deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: false };

  const flags: readonly { readonly field: string; readonly deletion: Deletion; readonly left: object }[] = [
    {
      field: 'deallocationConfig.shouldTerminateInstance',
      deletion: { ...KEPT, shouldTerminateInstance: false },
      left: { instances: 1, interfaces: 1 },
    },
    {
      field: 'deallocationConfig.shouldDeleteNetworkInterfaces',
      deletion: { ...KEPT, shouldDeleteNetworkInterfaces: true },
      left: { instances: 0, interfaces: 0 },
    },
  ];

  /** Flags about things that Holdfast does not make. */
  const withoutThings: Readonly<Record<string, string>> = {
    'deallocationConfig.shouldDeleteSnapshots': 'Holdfast makes no snapshots',
    'deallocationConfig.shouldDeleteImages': 'Holdfast makes no images',
    'amiBackup.shouldDeleteImages': 'Holdfast makes no images',
  };

  /** Played with the volumes of a node in left-resources.test.ts. */
  const ofVolumes = [
    'deallocationConfig.shouldDeleteVolumes',
    'deallocationConfig.volumes.ttlInHours',
    'deallocationConfig.networkInterfaces.ttlInHours',
  ];

  const leftBy = async (deletion: Deletion) => {
    const play = await open();
    await play.create();
    await play.ask((service) => service.delete(play.nodeId, deletion));
    await play.passSeconds(60);
    return { instances: play.liveInstanceIds().length, interfaces: play.interfaceIds().length };
  };

  test.each(flags)('$field has its effect', async ({ deletion, left }) => {
    expect(await leftBy(deletion)).toEqual(left);
    expect(await leftBy(KEPT)).not.toEqual(left);
  });

  test('has a row', () => {
    const rows = [...flags.map(({ field }) => field), ...Object.keys(withoutThings), ...ofVolumes];
    expect(rows.sort()).toEqual([...bodyFieldsOf('deleteNode')].sort());
  });
});

describe('A field of an import', () => {
  interface Row {
    readonly field: string;
    readonly given: Partial<ImportRequest> | ((play: Play) => Partial<ImportRequest>);
    readonly base?: typeof KEEPING | typeof RENEWING | typeof BESIDE;
    readonly seen: (play: Play, plain: Plain) => unknown;
    readonly is: unknown;
  }

  const rows: readonly Row[] = [
    {
      field: 'shouldKeepPrivateIp',
      base: RENEWING,
      given: KEEPING,
      seen: async (play, { interfaceId }) => (await play.addresses())?.networkInterfaceId === interfaceId,
      is: true,
    },
    {
      field: 'shouldTerminateInstance',
      base: BESIDE,
      given: RENEWING,
      seen: (play, { instanceId }) => play.instanceState(instanceId),
      is: 'terminated',
    },
    {
      field: 'managedInstanceName',
      given: { managedInstanceName: 'books' },
      seen: async (play) => (await play.node()).config.name,
      is: 'books',
    },
    {
      field: 'spotInstanceTypes',
      given: { spotInstanceTypes: ['m6g.large'] },
      seen: (play) => launch(play).InstanceType,
      is: 'm6g.large',
    },
    {
      field: 'availabilityZones',
      base: RENEWING,
      given: ({ sandbox: { account } }) => ({
        availabilityZones: [{ name: account.availabilityZones[1], subnetIds: [account.subnetIds[1]] }],
      }),
      seen: (play) => making(play).SubnetId === play.sandbox.account.subnetIds[1],
      is: true,
    },
    {
      field: 'eniAttachment',
      given: { eniAttachment: 'hot' },
      seen: async (play) => {
        const { instance, identity } = await play.node();
        return primaryOf(play, instance?.id ?? '')?.id === identity.interfaceId;
      },
      is: false,
    },
    {
      field: 'shouldKeepMetadataOptions',
      given: { shouldKeepMetadataOptions: false },
      seen: (play) => launch(play).MetadataOptions?.HttpTokens,
      is: undefined,
    },
  ];

  const refusals: readonly { readonly field: string; readonly wrong: Partial<ImportRequest> }[] = [
    { field: 'originalInstanceId', wrong: { originalInstanceId: 'i-0feedfacefeedface' } },
    { field: 'region', wrong: { region: 'eu-west-1' } },
    { field: 'product', wrong: { product: 'Windows' } },
  ];

  const originalIn = async (play: Play) => launchPlain(play, { MetadataOptions: { HttpTokens: 'required' } });

  const importedWith = async ({ base = KEEPING }: Row, given: Row['given']) => {
    const play = await open();
    const plain = await originalIn(play);
    await beginImport(play, plain, { ...base, ...(typeof given === 'function' ? given(play) : given) });
    await play.untilIdle();
    await play.passSeconds(120);
    return [play, plain] as const;
  };

  test.each(rows)('$field has its effect', async (row) => {
    expect(await row.seen(...(await importedWith(row, row.given)))).toEqual(row.is);
    expect(await row.seen(...(await importedWith(row, {})))).not.toEqual(row.is);
  });

  test.each(refusals)('$field is refused if it is not so', async ({ field, wrong }) => {
    const play = await open();
    const beginning = beginImport(play, await originalIn(play), { ...KEEPING, ...wrong });

    await expect(beginning).rejects.toMatchObject({ name: 'InvalidRequest', fieldErrors: [{ field }] });
  });

  test('has a row', () => {
    const fields = bodyFieldsOf('importInstance').map((path) => path.replace(/^migration\./, ''));
    expect([...rows, ...refusals].map(({ field }) => field).sort()).toEqual([...fields].sort());
  });
});

describe('A query parameter', () => {
  /** Of the contract's paths, with the test that shows its effect. */
  const shownBy: Readonly<Record<string, string>> = {
    'listNodes fields': 'test/lambdas/api/node-fields.test.ts',
    'listNodes limit': 'test/lambdas/api/paging.test.ts',
    'listNodes nextToken': 'test/lambdas/api/paging.test.ts',
    'updateNode autoApplyTags': 'test/lambdas/api/routes.test.ts',
    'getNodeLog fromDate': 'test/contracts/node-log.contract.test.ts',
    'getNodeLog toDate': 'test/contracts/node-log.contract.test.ts',
    'getNodeLog severity': 'test/contracts/node-log.contract.test.ts',
    'getNodeLog limit': 'test/lambdas/api/paging.test.ts',
    'getNodeLog nextToken': 'test/lambdas/api/paging.test.ts',
    'listStateVisits kind': 'test/lambdas/api/operation-routes.test.ts',
    'listStateVisits startedAt': 'test/lambdas/api/operation-routes.test.ts',
    'listStateVisits limit': 'test/lambdas/api/operation-routes.test.ts',
    'getNodeMetrics since': 'test/lambdas/api/metrics.test.ts',
    'getNodeMetrics until': 'test/lambdas/api/metrics.test.ts',
    'getNodeMetrics limit': 'test/lambdas/api/metrics.test.ts',
    'listNodeOperations kind': 'test/lambdas/api/operation-routes.test.ts',
    'listNodeOperations limit': 'test/lambdas/api/operation-routes.test.ts',
    'listNodeOperations nextToken': 'test/lambdas/api/operation-routes.test.ts',
    'listNodeOperations since': 'test/lambdas/api/operation-routes.test.ts',
    'listNodeOperations until': 'test/lambdas/api/operation-routes.test.ts',
    'listNodeReplacements limit': 'test/lambdas/api/operation-routes.test.ts',
    'listNodeReplacements nextToken': 'test/lambdas/api/operation-routes.test.ts',
    'listNodeReplacements since': 'test/lambdas/api/operation-routes.test.ts',
    'listNodeReplacements until': 'test/lambdas/api/operation-routes.test.ts',
    'getNodeCosts fromDate': 'test/lambdas/api/costs.test.ts',
    'getNodeCosts toDate': 'test/lambdas/api/costs.test.ts',
    'getNodeCosts aggregationPeriod': 'test/lambdas/api/costs.test.ts',
    'getNodeCosts aggregrationPeriod': 'test/lambdas/api/costs.test.ts',
  };

  test('has a test that exists; accountId has none: Holdfast serves the account in which it is deployed', () => {
    const declared = routes.flatMap(({ operationId, path, query }) =>
      path.startsWith('/aws/') ? Object.keys(query?.shape ?? {}).map((name) => `${operationId} ${name}`) : [],
    );
    expect(Object.keys(shownBy).sort()).toEqual(declared.sort());
    const root = resolve(__dirname, '../..');
    expect(Object.values(shownBy).filter((file) => !existsSync(resolve(root, file)))).toEqual([]);
  });
});
