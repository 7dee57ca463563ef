/** Launch templates and instant fleets. */
import {
  CreateFleetCommand,
  CreateLaunchTemplateCommand,
  DeleteLaunchTemplateCommand,
  DescribeLaunchTemplatesCommand,
  type CreateFleetCommandInput,
  type CreateFleetCommandOutput,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import type { AuthorizationRequest } from '../../../../simulator/iam/authorization-request';
import { codeOf, Lab, PAGES, refusals, rule } from '../lab';

const FLEET = PAGES.api('CreateFleet');
const TEMPLATE = PAGES.api('CreateLaunchTemplate');

const make = (lab: Lab, name = 'nodes', data: RequestLaunchTemplateData = {}) =>
  lab.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: name,
      LaunchTemplateData: {
        ImageId: lab.account.arm64ImageId,
        NetworkInterfaces: [{ DeviceIndex: 0, Groups: [lab.account.securityGroupId] }],
        ...data,
      },
      TagSpecifications: [{ ResourceType: 'launch-template', Tags: [{ Key: 'team', Value: 'ledger' }] }],
    }),
  );

const fleet = (lab: Lab, input: Partial<CreateFleetCommandInput> = {}): Promise<CreateFleetCommandOutput> =>
  lab.send(
    new CreateFleetCommand({
      Type: 'instant',
      LaunchTemplateConfigs: [
        {
          LaunchTemplateSpecification: { LaunchTemplateName: 'nodes', Version: '1' },
          Overrides: [{ InstanceType: 'm7g.large', SubnetId: lab.subnetId }],
        },
      ],
      TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: 'spot' },
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'team', Value: 'ledger' }] }],
      ...input,
    }),
  );

const idOf = ({ Instances = [] }: CreateFleetCommandOutput): string => Instances[0]?.InstanceIds?.[0] ?? '';
const errorsOf = ({ Errors = [] }: CreateFleetCommandOutput) => Errors.map(({ ErrorCode }) => ErrorCode);

describe('launch templates', () => {
  rule('are found by their tags until they are deleted', TEMPLATE, async () => {
    const lab = new Lab();
    await make(lab);
    const Filters = [{ Name: 'tag:team', Values: ['ledger'] }];
    const names = async () => {
      const { LaunchTemplates = [] } = await lab.send(new DescribeLaunchTemplatesCommand({ Filters }));
      return LaunchTemplates.map(({ LaunchTemplateName }) => LaunchTemplateName);
    };
    expect(await names()).toEqual(['nodes']);
    await lab.send(new DeleteLaunchTemplateCommand({ LaunchTemplateName: 'nodes' }));
    expect(await names()).toEqual([]);
  });

  refusals([
    {
      refused: 'a name in use',
      page: PAGES.errors,
      code: 'InvalidLaunchTemplateName.AlreadyExistsException',
      call: async (lab) => {
        await make(lab);
        await make(lab);
      },
    },
    {
      refused: 'a name with other characters',
      page: PAGES.errors,
      code: 'InvalidLaunchTemplateName.MalformedException',
      call: (lab) => make(lab, 'a name'),
    },
    {
      refused: 'to delete what does not exist',
      page: PAGES.errors,
      code: 'InvalidLaunchTemplateName.NotFoundException',
      call: (lab) => lab.send(new DeleteLaunchTemplateCommand({ LaunchTemplateName: 'nodes' })),
    },
    {
      refused: 'a parameter that the simulator does not know',
      page: TEMPLATE,
      code: 'NotSimulated',
      call: (lab) => make(lab, 'nodes', { KernelId: 'aki-1' }),
    },
  ]);
});

describe('an instant fleet', () => {
  rule(
    'launches an instance from the template, in the subnet of the override, with the tags of the call',
    FLEET,
    async () => {
      const lab = new Lab();
      await make(lab, 'nodes', { KeyName: lab.account.keyName });
      const answer = await fleet(lab);
      const instance = await lab.instance(idOf(answer));
      expect(instance).toMatchObject({
        InstanceType: 'm7g.large',
        ImageId: lab.account.arm64ImageId,
        SubnetId: lab.subnetId,
        KeyName: lab.account.keyName,
        InstanceLifecycle: 'spot',
      });
      expect(instance.Tags).toContainEqual({ Key: 'team', Value: 'ledger' });
      expect(instance.Tags).toContainEqual({ Key: 'aws:ec2:fleet-id', Value: answer.FleetId });
    },
  );

  rule('launches on demand if it is asked to', FLEET, async () => {
    const lab = new Lab();
    await make(lab);
    const target = { TotalTargetCapacity: 1, DefaultTargetCapacityType: 'on-demand' } as const;
    const { InstanceLifecycle } = await lab.instance(idOf(await fleet(lab, { TargetCapacitySpecification: target })));
    expect(InstanceLifecycle).toBeUndefined();
  });

  rule('answers the same to the same token, an error too', PAGES.idempotency, async () => {
    const lab = new Lab();
    await make(lab);
    const first = await fleet(lab, { ClientToken: 'one' });
    expect(idOf(await fleet(lab, { ClientToken: 'one' }))).toBe(idOf(first));
    lab.ec2.setCapacity(
      { instanceType: 'm7g.large', availabilityZone: lab.account.availabilityZones[0], lifeCycle: 'spot' },
      0,
    );
    const dry = await fleet(lab, { ClientToken: 'two' });
    expect([errorsOf(dry), idOf(dry)]).toEqual([['InsufficientInstanceCapacity'], '']);
    lab.ec2.setCapacity(
      { instanceType: 'm7g.large', availabilityZone: lab.account.availabilityZones[0], lifeCycle: 'spot' },
      Infinity,
    );
    expect(errorsOf(await fleet(lab, { ClientToken: 'two' }))).toEqual(['InsufficientInstanceCapacity']);
    expect(lab.ec2.world.instances.size).toBe(1);
  });

  rule('may leave its instances out of the answer to a repeat', PAGES.idempotency, async () => {
    const lab = new Lab({ fleetRepeatsAreComplete: false });
    await make(lab);
    const first = await fleet(lab, { ClientToken: 'one' });
    const again = await fleet(lab, { ClientToken: 'one' });
    expect([again.FleetId, idOf(again), errorsOf(again)]).toEqual([first.FleetId, '', []]);
  });

  rule(
    'takes its instance from the bucket of RunInstances, and says so among its errors',
    PAGES.throttling,
    async () => {
      const lab = new Lab({ throttling: true });
      await make(lab);
      for (let taken = 0; taken < 1_000; taken += 1) lab.ec2['throttling'].admitFleetInstance();
      expect(errorsOf(await fleet(lab))).toEqual(['RequestLimitExceeded']);
      await lab.passSeconds(1);
      expect(errorsOf(await fleet(lab))).toEqual([]);
    },
  );

  rule('has a bucket of 50 requests', PAGES.throttling, async () => {
    const lab = new Lab({ throttling: true });
    await make(lab);
    const codes = [];
    for (let asked = 0; asked < 51; asked += 1) codes.push(await codeOf(fleet(lab)));
    expect(codes.filter((code) => code === 'RequestLimitExceeded')).toHaveLength(1);
  });

  rule('asks IAM for the fleet, the launch and the template, as CreateFleet and as RunInstances', FLEET, async () => {
    const asked: AuthorizationRequest[] = [];
    const lab = new Lab({ authorize: (request) => void asked.push(request) });
    await make(lab);
    asked.length = 0;
    await fleet(lab);
    const of = (action: string) =>
      asked.filter((each) => each.action === action).map(({ resource }) => resource.split(':').at(-1)?.split('/')[0]);
    for (const type of ['fleet', 'instance', 'launch-template', 'subnet', 'security-group', 'network-interface'])
      expect(of('ec2:CreateFleet')).toContain(type);
    for (const type of ['instance', 'launch-template', 'spot-instances-request', 'image'])
      expect(of('ec2:RunInstances')).toContain(type);
    const tagging = asked.filter(({ action }) => action === 'ec2:CreateTags').map(({ keys }) => keys);
    expect(tagging).toEqual([{ 'ec2:CreateAction': 'CreateFleet' }, { 'ec2:CreateAction': 'RunInstances' }]);
    const template = asked.find(({ resource }) => resource.includes('launch-template/lt-'));
    expect(template?.resourceTags).toEqual({ team: 'ledger' });
  });

  refusals([
    {
      refused: 'a template that does not exist',
      page: PAGES.errors,
      code: 'InvalidLaunchTemplateName.NotFoundException',
      call: (lab) => fleet(lab),
    },
    {
      refused: 'a fleet that is not instant',
      page: FLEET,
      code: 'NotSimulated',
      call: (lab) => fleet(lab, { Type: 'request' }),
    },
    {
      refused: 'a token that was used with other parameters',
      page: PAGES.idempotency,
      code: 'IdempotentParameterMismatch',
      call: async (lab) => {
        await make(lab);
        await fleet(lab, { ClientToken: 'one' });
        await fleet(lab, { ClientToken: 'one', TagSpecifications: [] });
      },
    },
    {
      refused: 'a template with an existing interface',
      page: FLEET,
      code: 'InvalidParameterValue',
      call: async (lab) => {
        const NetworkInterfaceId = await lab.makeInterface();
        await make(lab, 'nodes', { NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId }] });
        await fleet(lab);
      },
    },
  ]);
});
