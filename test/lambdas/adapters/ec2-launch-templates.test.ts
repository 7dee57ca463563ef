import { CreateFleetCommand, CreateLaunchTemplateCommand, EC2Client, EC2ServiceException } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { ServiceUnavailable, Throttled } from '../../../domain/errors';
import { ec2LaunchTemplates } from '../../../lambdas/adapters/ec2-launch-templates';
import { aLaunchRequest, NODE_ID, REPLACEMENT_ID, SUBNET_A } from '../../domain/builders';
import { DEPLOYMENT } from '../runtime';

const ec2 = mockClient(EC2Client);
const templates = ec2LaunchTemplates(new EC2Client({ region: 'eu-west-1' }), DEPLOYMENT);
const { interfaceId: _cold, ...request } = aLaunchRequest();
const launch = () => templates.launch('holdfast-template', request);

beforeEach(() => ec2.reset());

const thrown = (name: string, httpStatusCode = 400): EC2ServiceException =>
  new EC2ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode }, message: 'because' });
const errors = (...codes: readonly string[]) => ({
  FleetId: 'fleet-1',
  Instances: [],
  Errors: codes.map((ErrorCode) => ({ ErrorCode, ErrorMessage: 'because' })),
});

describe('A template', () => {
  it('has the settings, no tags for instances, no type and no subnet', async () => {
    ec2.on(CreateLaunchTemplateCommand).resolves({});
    await templates.make(NODE_ID, { ...request, associatePublicIpAddress: false, monitoring: true });
    const { input } = ec2.commandCalls(CreateLaunchTemplateCommand)[0]!.args[0];
    expect(input.LaunchTemplateName).toMatch(new RegExp(`^holdfast-${NODE_ID}-[0-9a-f]{16}$`));
    expect(JSON.parse(JSON.stringify(input.LaunchTemplateData))).toMatchObject({
      ImageId: request.imageId,
      Monitoring: { Enabled: true },
      NetworkInterfaces: [
        {
          DeviceIndex: 0,
          Groups: request.securityGroupIds,
          AssociatePublicIpAddress: false,
          DeleteOnTermination: true,
        },
      ],
    });
    for (const absent of ['TagSpecifications', 'InstanceType', 'InstanceMarketOptions', 'SubnetId'])
      expect(input.LaunchTemplateData).not.toHaveProperty(absent);
    expect(input.TagSpecifications).toEqual([
      {
        ResourceType: 'launch-template',
        Tags: [
          { Key: 'holdfast:node-id', Value: NODE_ID },
          { Key: 'holdfast:deployment', Value: DEPLOYMENT },
        ],
      },
    ]);
  });

  it('has another name in another deployment', () => {
    const others = ec2LaunchTemplates(new EC2Client({ region: 'eu-west-1' }), 'Another');
    expect(others.nameFor(NODE_ID, request)).not.toBe(templates.nameFor(NODE_ID, request));
  });
});

describe('A fleet', () => {
  it('asks for one instance in the pool, at once, with the tags of the request', async () => {
    ec2.on(CreateFleetCommand).resolves({ FleetId: 'fleet-1', Instances: [{ InstanceIds: [REPLACEMENT_ID] }] });
    await expect(launch()).resolves.toEqual({ kind: 'launched', instanceId: REPLACEMENT_ID });
    const { input } = ec2.commandCalls(CreateFleetCommand)[0]!.args[0];
    expect(input).toMatchObject({
      ClientToken: request.clientToken,
      Type: 'instant',
      LaunchTemplateConfigs: [
        {
          LaunchTemplateSpecification: { LaunchTemplateName: 'holdfast-template', Version: '1' },
          Overrides: [{ InstanceType: request.pool.instanceType, SubnetId: SUBNET_A }],
        },
      ],
      TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: 'spot' },
    });
    const tagged = input.TagSpecifications?.map(({ ResourceType }) => ResourceType);
    expect(tagged).toEqual(['fleet', 'instance', 'volume']);
    for (const { Tags } of input.TagSpecifications ?? []) {
      expect(Tags).toContainEqual({ Key: 'holdfast:deployment', Value: DEPLOYMENT });
      expect(Tags).toContainEqual({ Key: 'holdfast:request', Value: request.clientToken });
    }
  });

  it('names the on-demand market as fleets do', async () => {
    ec2.on(CreateFleetCommand).resolves({ Instances: [{ InstanceIds: [REPLACEMENT_ID] }] });
    await templates.launch('holdfast-template', { ...request, pool: { ...request.pool, lifeCycle: 'on_demand' } });
    const { input } = ec2.commandCalls(CreateFleetCommand)[0]!.args[0];
    expect(input.TargetCapacitySpecification?.DefaultTargetCapacityType).toBe('on-demand');
  });

  it('counts as launched if there is an instance, whatever errors there are', async () => {
    ec2.on(CreateFleetCommand).resolves({ ...errors('InternalError'), Instances: [{ InstanceIds: [REPLACEMENT_ID] }] });
    await expect(launch()).resolves.toMatchObject({ kind: 'launched' });
  });

  it.each([
    ['InsufficientInstanceCapacity', 'capacity', 'pool'],
    ['UnfulfillableCapacity', 'capacity', 'pool'],
    ['InsufficientFreeAddressesInSubnet', 'capacity', 'subnet'],
    ['MaxSpotInstanceCountExceeded', 'quota', 'pool'],
    ['VcpuLimitExceeded', 'quota', 'pool'],
    ['Unsupported', 'unsuitable', 'pool'],
  ])('is refused in its pool by %s among its errors', async (code, because, of) => {
    ec2.on(CreateFleetCommand).resolves(errors(code));
    await expect(launch()).resolves.toEqual({ kind: 'refused', refusal: { because, of, code, message: 'because' } });
  });

  it('has launched nothing, and may be asked for again, if an instance is throttled', async () => {
    ec2.on(CreateFleetCommand).resolves(errors('RequestLimitExceeded'));
    await expect(launch()).resolves.toMatchObject({ kind: 'failed', error: expect.any(Throttled) as Throttled });
  });

  it.each([
    ['nothing', {}],
    ['empty lists', errors()],
    ['a failure of EC2', errors('InternalError')],
    ['an error without a code', { Errors: [{}] }],
  ])('does not say what it has launched if the answer is %s', async (_name, answer) => {
    ec2.on(CreateFleetCommand).resolves(answer);
    await expect(launch()).resolves.toEqual({ kind: 'unknown' });
  });

  it.each(['UnauthorizedOperation', 'InvalidParameterCombination', 'InvalidLaunchTemplateName.NotFoundException'])(
    'is unusable by %s, as an error or among its errors',
    async (code) => {
      ec2.on(CreateFleetCommand).resolves(errors(code));
      await expect(launch()).resolves.toEqual({ kind: 'unusable', code, message: 'because' });
      ec2.on(CreateFleetCommand).rejects(thrown(code));
      await expect(launch()).resolves.toEqual({ kind: 'unusable', code, message: 'because' });
    },
  );

  it.each(['MaxFleetCountExceeded', 'Unsupported', 'VcpuLimitExceeded'])(
    'is unusable by the error %s',
    async (code) => {
      ec2.on(CreateFleetCommand).rejects(thrown(code));
      await expect(launch()).resolves.toMatchObject({ kind: 'unusable', code });
    },
  );

  it('does not say what it has launched if the token was used with other parameters', async () => {
    ec2.on(CreateFleetCommand).rejects(thrown('IdempotentParameterMismatch'));
    await expect(launch()).resolves.toEqual({ kind: 'unknown' });
  });

  it.each([
    ['RequestLimitExceeded', 503, Throttled],
    ['InternalError', 500, ServiceUnavailable],
  ])('is asked for again, under the same token, after the error %s', async (code, status, error) => {
    ec2.on(CreateFleetCommand).rejects(thrown(code, status));
    await expect(launch()).rejects.toThrow(error);
  });
});
