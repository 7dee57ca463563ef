/** What EC2 asks IAM about each call, and what happens to a call that IAM refuses. */
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

const requests: AuthorizationRequest[] = [];
let refused: string | undefined;
const authorize = (request: AuthorizationRequest) => {
  requests.push(request);
  return request.action === refused ? { message: `Not ${request.action}.` } : undefined;
};
const open = (options: ConstructorParameters<typeof Lab>[0] = {}) => new Lab({ authorize, ...options });
const actionsAndResources = () =>
  requests.map(({ action, resource }) => `${action} ${resource.replace(/^arn:aws:(ec2|iam):[^:]*:\d*:/, '')}`);
const TAGS = [{ Key: 'team', Value: 'ledger' }];
const TagSpecifications = [{ ResourceType: 'network-interface' as const, Tags: TAGS }];

beforeEach(() => {
  requests.length = 0;
  refused = undefined;
});

test('a launch: new resources, existing resources, tags, and the role that it passes', async () => {
  const lab = open({ spotServiceLinkedRole: false });
  const { account } = lab;
  const interfaceId = await lab.makeInterface();
  requests.length = 0;
  await lab.launch({
    KeyName: account.keyName,
    IamInstanceProfile: { Name: 'web' },
    NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId: interfaceId }],
    TagSpecifications: [{ ResourceType: 'instance', Tags: TAGS }],
  });
  const [group] = lab.ec2.world.networkInterfaces.get(interfaceId)?.groupIds ?? [];
  expect(actionsAndResources()).toEqual([
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
  expect(requests[0]).toMatchObject({ requestTags: { team: 'ledger' }, tagKeys: ['team'] });
  expect(requests[1]).not.toHaveProperty('requestTags');
  expect(requests[8]).toMatchObject({ requestTags: { team: 'ledger' }, keys: { 'ec2:CreateAction': 'RunInstances' } });
  expect(requests[9]).toMatchObject({ keys: { 'iam:PassedToService': 'ec2.amazonaws.com' } });
});

test('an attachment, a detachment and an association: both resources, with their tags', async () => {
  const lab = open();
  const [interfaceId, instanceId] = [await lab.makeInterface({ TagSpecifications }), await lab.launchRunning()];
  const allocationId = await lab.allocate();
  requests.length = 0;
  const AttachmentId = await lab.attach(interfaceId, instanceId);
  await lab.passSeconds(5);
  await lab.send(new AssociateAddressCommand({ AllocationId: allocationId, NetworkInterfaceId: interfaceId }));
  await lab.send(new DetachNetworkInterfaceCommand({ AttachmentId }));
  expect(actionsAndResources()).toEqual([
    `ec2:AttachNetworkInterface instance/${instanceId}`,
    `ec2:AttachNetworkInterface network-interface/${interfaceId}`,
    `ec2:AssociateAddress elastic-ip/${allocationId}`,
    `ec2:AssociateAddress network-interface/${interfaceId}`,
    `ec2:AssociateAddress instance/${instanceId}`,
    `ec2:DetachNetworkInterface instance/${instanceId}`,
    `ec2:DetachNetworkInterface network-interface/${interfaceId}`,
  ]);
  expect(requests.map(({ resourceTags }) => resourceTags?.team)).toEqual(
    actionsAndResources().map((each) => (each.includes('network-interface/') ? 'ledger' : undefined)),
  );
});

test('a describe call: the call as a whole', async () => {
  await open().send(new DescribeInstancesCommand({}));
  expect(requests).toEqual([{ action: 'ec2:DescribeInstances', resource: '*' }]);
});

test('a deletion of tags has their keys, and a deletion of all tags has none', async () => {
  const lab = open();
  const interfaceId = await lab.makeInterface({ TagSpecifications });
  requests.length = 0;
  await lab.send(new DeleteTagsCommand({ Resources: [interfaceId], Tags: [{ Key: 'team' }] }));
  await lab.send(new DeleteTagsCommand({ Resources: [interfaceId] }));
  expect(requests.map(({ tagKeys }) => tagKeys)).toEqual([['team'], undefined]);
});

test('tags given at creation count at once, later tags count once they are shown', async () => {
  const lab = open({ latencies: { tagsVisible: 5_000 } });
  const [made, marked] = [await lab.makeInterface({ TagSpecifications }), await lab.makeInterface()];
  await lab.send(new CreateTagsCommand({ Resources: [marked], Tags: TAGS }));
  requests.length = 0;
  for (const NetworkInterfaceId of [made, marked]) {
    await lab.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
  }
  expect(requests.map(({ resourceTags }) => resourceTags)).toEqual([{ team: 'ledger' }, {}]);
});

describe('a call that IAM refuses', () => {
  test("changes nothing, and fails with EC2's error", async () => {
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

  test('is still allowed for a console user', async () => {
    const lab = open();
    const instanceId = await lab.launchRunning();
    refused = 'ec2:TerminateInstances';
    const command = new TerminateInstancesCommand({ InstanceIds: [instanceId] });
    await expect(lab.settle(lab.ec2.personClient.send(command))).resolves.toBeDefined();
  });

  test("may be a Spot launch without the right to create Spot's role", async () => {
    refused = 'iam:CreateServiceLinkedRole';
    expect(await codeOf(open({ spotServiceLinkedRole: false }).launch())).toBe(
      'AuthFailure.ServiceLinkedRoleCreationNotPermitted',
    );
  });
});

test.each([
  { goneIsUnauthorized: false, code: 'InvalidNetworkInterfaceID.NotFound' },
  { goneIsUnauthorized: true, code: 'UnauthorizedOperation' },
])('a missing resource, with goneIsUnauthorized $goneIsUnauthorized: $code', async ({ goneIsUnauthorized, code }) => {
  const onlyTagged = ({ resourceTags }: AuthorizationRequest) =>
    resourceTags?.team === undefined ? { message: '' } : undefined;
  const lab = open({ goneIsUnauthorized, authorize: onlyTagged });
  const command = new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: 'eni-0123456789abcdef0' });
  expect(await codeOf(lab.send(command))).toBe(code);
});
