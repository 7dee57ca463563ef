/** What EC2 asks IAM about each call, and what becomes of the call where the answer is no. */
import {
  AssociateAddressCommand,
  CreateTagsCommand,
  DeleteNetworkInterfaceCommand,
  DeleteTagsCommand,
  DescribeInstancesCommand,
  DetachNetworkInterfaceCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { AuthorizationRequest } from '../../../../simulator/iam/authorization-request';
import { codeOf, Lab } from '../lab';

const asked: AuthorizationRequest[] = [];
let refused: string | undefined;
const authorize = (request: AuthorizationRequest) => {
  asked.push(request);
  return request.action === refused ? { message: `Not ${request.action}.` } : undefined;
};
const open = (options: ConstructorParameters<typeof Lab>[0] = {}) => new Lab({ authorize, ...options });
const told = () =>
  asked.map(({ action, resource }) => `${action} ${resource.replace(/^arn:aws:(ec2|iam):[^:]*:\d*:/, '')}`);
const TAGS = [{ Key: 'team', Value: 'ledger' }];
const TagSpecifications = [{ ResourceType: 'network-interface' as const, Tags: TAGS }];

beforeEach(() => {
  asked.length = 0;
  refused = undefined;
});

test('a launch: what it makes, what it refers to, the tags that it gives, and the role that it passes', async () => {
  const lab = open({ spotServiceLinkedRole: false });
  const { account } = lab;
  const interfaceId = await lab.makeInterface();
  asked.length = 0;
  await lab.launch({
    KeyName: account.keyName,
    IamInstanceProfile: { Name: 'web' },
    NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId: interfaceId }],
    TagSpecifications: [{ ResourceType: 'instance', Tags: TAGS }],
  });
  const [group] = lab.ec2.world.networkInterfaces.get(interfaceId)?.groupIds ?? [];
  expect(told()).toEqual([
    'ec2:RunInstances instance/*',
    'ec2:RunInstances volume/*',
    'ec2:RunInstances spot-instances-request/*',
    `ec2:RunInstances image/${account.arm64ImageId}`,
    `ec2:RunInstances key-pair/${account.keyName}`,
    `ec2:RunInstances network-interface/${interfaceId}`,
    `ec2:RunInstances subnet/${lab.subnetId}`,
    `ec2:RunInstances security-group/${group}`,
    'ec2:CreateTags instance/*',
    'iam:PassRole role/web',
    'iam:CreateServiceLinkedRole role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot',
  ]);
  expect(asked[0]).toMatchObject({ requestTags: { team: 'ledger' }, tagKeys: ['team'] });
  expect(asked[1]).not.toHaveProperty('requestTags');
  expect(asked[8]).toMatchObject({ requestTags: { team: 'ledger' }, keys: { 'ec2:CreateAction': 'RunInstances' } });
  expect(asked[9]).toMatchObject({ keys: { 'iam:PassedToService': 'ec2.amazonaws.com' } });
});

test('an attachment, a detachment and an address: both ends, with their tags', async () => {
  const lab = open();
  const [interfaceId, instanceId] = [await lab.makeInterface({ TagSpecifications }), await lab.launchRunning()];
  const allocationId = await lab.allocate();
  asked.length = 0;
  const AttachmentId = await lab.attach(interfaceId, instanceId);
  await lab.passSeconds(5);
  await lab.send(new AssociateAddressCommand({ AllocationId: allocationId, NetworkInterfaceId: interfaceId }));
  await lab.send(new DetachNetworkInterfaceCommand({ AttachmentId }));
  expect(told()).toEqual([
    `ec2:AttachNetworkInterface instance/${instanceId}`,
    `ec2:AttachNetworkInterface network-interface/${interfaceId}`,
    `ec2:AssociateAddress elastic-ip/${allocationId}`,
    `ec2:AssociateAddress network-interface/${interfaceId}`,
    `ec2:AssociateAddress instance/${instanceId}`,
    `ec2:DetachNetworkInterface instance/${instanceId}`,
    `ec2:DetachNetworkInterface network-interface/${interfaceId}`,
  ]);
  expect(asked.map(({ resourceTags }) => resourceTags?.team)).toEqual(
    told().map((each) => (each.includes('network-interface/') ? 'ledger' : undefined)),
  );
});

test('a description: the call as a whole', async () => {
  await open().send(new DescribeInstancesCommand({}));
  expect(asked).toEqual([{ action: 'ec2:DescribeInstances', resource: '*' }]);
});

test('a deletion of tags names its keys, and none where it is one of all tags', async () => {
  const lab = open();
  const interfaceId = await lab.makeInterface({ TagSpecifications });
  asked.length = 0;
  await lab.send(new DeleteTagsCommand({ Resources: [interfaceId], Tags: [{ Key: 'team' }] }));
  await lab.send(new DeleteTagsCommand({ Resources: [interfaceId] }));
  expect(asked.map(({ tagKeys }) => tagKeys)).toEqual([['team'], undefined]);
});

test('tags of the making count at once, tags that are given later count once they show', async () => {
  const lab = open({ latencies: { tagsVisible: 5_000 } });
  const [made, marked] = [await lab.makeInterface({ TagSpecifications }), await lab.makeInterface()];
  await lab.send(new CreateTagsCommand({ Resources: [marked], Tags: TAGS }));
  asked.length = 0;
  for (const NetworkInterfaceId of [made, marked]) {
    await lab.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
  }
  expect(asked.map(({ resourceTags }) => resourceTags)).toEqual([{ team: 'ledger' }, {}]);
});

describe('a call that IAM refuses', () => {
  test("changes nothing, and says so in EC2's words", async () => {
    const lab = open();
    const instanceId = await lab.launchRunning();
    refused = 'ec2:TerminateInstances';
    const call = lab.terminate(instanceId);
    await expect(call).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      message: 'You are not authorized to perform this operation. Not ec2:TerminateInstances.',
      $metadata: { httpStatusCode: 403 },
    });
    expect(lab.ec2.world.instances.get(instanceId)?.state).toBe('running');
  });

  test('may still be made by a person', async () => {
    const lab = open();
    const instanceId = await lab.launchRunning();
    refused = 'ec2:TerminateInstances';
    const command = new TerminateInstancesCommand({ InstanceIds: [instanceId] });
    await expect(lab.settle(lab.ec2.personClient.send(command))).resolves.toBeDefined();
  });

  test("is a Spot launch that may not make Spot's role", async () => {
    refused = 'iam:CreateServiceLinkedRole';
    expect(await codeOf(open({ spotServiceLinkedRole: false }).launch())).toBe(
      'AuthFailure.ServiceLinkedRoleCreationNotPermitted',
    );
  });
});

test.each([
  { goneIsUnauthorized: false, code: 'InvalidNetworkInterfaceID.NotFound' },
  { goneIsUnauthorized: true, code: 'UnauthorizedOperation' },
])('a thing that is gone, with goneIsUnauthorized $goneIsUnauthorized: $code', async ({ goneIsUnauthorized, code }) => {
  const onlyTagged = ({ resourceTags }: AuthorizationRequest) =>
    resourceTags?.team === undefined ? { message: '' } : undefined;
  const lab = open({ goneIsUnauthorized, authorize: onlyTagged });
  const command = new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: 'eni-0123456789abcdef0' });
  expect(await codeOf(lab.send(command))).toBe(code);
});
