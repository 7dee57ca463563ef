import {
  AssociateAddressCommand,
  CreateTagsCommand,
  DeleteNetworkInterfaceCommand,
  DescribeInstancesCommand,
  DetachNetworkInterfaceCommand,
  DisassociateAddressCommand,
  ReleaseAddressCommand,
} from '@aws-sdk/client-ec2';
import type { SimulatedEc2Options } from '../../../simulator/ec2/ec2';
import { codeOf, Lab } from './lab';

const RECORD =
  'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html';
const OUR_ROLE = 'arn:aws:iam::123456789012:role/Holdfast-Steps';

class TrailedLab extends Lab {
  constructor(options: Partial<SimulatedEc2Options> = {}) {
    super({ trail: true, callerRoleArn: () => OUR_ROLE, ...options });
  }

  byPerson(command: object): Promise<unknown> {
    return this.settle(this.ec2.personClient.send(command as never));
  }

  /** The events of CloudTrail, without those of the instances. */
  told(): any[] {
    return this.events.filter((event) => event['detail-type'] === 'AWS API Call via CloudTrail');
  }
}

test(`what a person deletes is told, with who it was and what [${RECORD}]`, async () => {
  const lab = new TrailedLab();
  const interfaceId = await lab.makeInterface();
  await lab.passSeconds(1);
  await lab.byPerson(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceId }));
  expect(lab.told()).toEqual([
    {
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'AWS API Call via CloudTrail',
      source: 'aws.ec2',
      account: '123456789012',
      region: 'us-east-1',
      time: '2026-01-01T00:00:01Z',
      resources: [],
      detail: expect.objectContaining({
        eventSource: 'ec2.amazonaws.com',
        eventName: 'DeleteNetworkInterface',
        eventTime: '2026-01-01T00:00:01Z',
        awsRegion: 'us-east-1',
        requestParameters: { networkInterfaceId: interfaceId },
        userIdentity: expect.objectContaining({
          type: 'IAMUser',
          arn: 'arn:aws:iam::123456789012:user/operator',
          userName: 'operator',
        }),
      }),
    },
  ]);
  const [{ detail }] = lab.told();
  expect(detail).not.toHaveProperty('errorCode');
  expect(detail.userIdentity).not.toHaveProperty('sessionContext');
});

test('what the client does is told under the role that calls', async () => {
  const lab = new TrailedLab();
  await lab.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: await lab.makeInterface() }));
  expect(lab.told()[0].detail.userIdentity).toMatchObject({
    type: 'AssumedRole',
    arn: 'arn:aws:sts::123456789012:assumed-role/Holdfast-Steps/Holdfast-Steps',
    sessionContext: { sessionIssuer: { type: 'Role', arn: OUR_ROLE, userName: 'Holdfast-Steps' } },
  });
});

test('every call that takes an interface or an address away is told, with its parameters', async () => {
  const lab = new TrailedLab();
  const [allocationId, interfaceId, instanceId] = [
    await lab.allocate(),
    await lab.makeInterface(),
    await lab.launchRunning(),
  ];
  const attachmentId = await lab.attach(interfaceId, instanceId);
  await lab.passSeconds(10);
  await lab.byPerson(new AssociateAddressCommand({ AllocationId: allocationId, NetworkInterfaceId: interfaceId }));
  const { AssociationId: associationId } = await lab.address(allocationId);
  await lab.byPerson(new DisassociateAddressCommand({ AssociationId: associationId }));
  await lab.byPerson(new ReleaseAddressCommand({ AllocationId: allocationId }));
  await lab.byPerson(new DetachNetworkInterfaceCommand({ AttachmentId: attachmentId, Force: true }));
  expect(lab.told().map(({ detail }) => [detail.eventName, detail.requestParameters])).toEqual([
    ['AssociateAddress', { allocationId, networkInterfaceId: interfaceId }],
    ['DisassociateAddress', { associationId }],
    ['ReleaseAddress', { allocationId }],
    ['DetachNetworkInterface', { attachmentId, force: true }],
  ]);
});

describe('nothing is told', () => {
  test('of a call that was refused', async () => {
    const lab = new TrailedLab();
    const command = new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: 'eni-0123456789abcdef0' });
    expect(await codeOf(lab.byPerson(command))).toBe('InvalidNetworkInterfaceID.NotFound');
    expect(lab.told()).toEqual([]);
  });

  test('of calls that take nothing away', async () => {
    const lab = new TrailedLab();
    const interfaceId = await lab.makeInterface();
    await lab.byPerson(new CreateTagsCommand({ Resources: [interfaceId], Tags: [{ Key: 'a', Value: '1' }] }));
    await lab.byPerson(new DescribeInstancesCommand({}));
    expect(lab.told()).toEqual([]);
  });

  test('without a trail', async () => {
    const lab = new TrailedLab({ trail: false });
    const interfaceId = await lab.makeInterface();
    await lab.byPerson(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceId }));
    expect(lab.ec2.world.networkInterfaces.size).toBe(0);
    expect(lab.told()).toEqual([]);
  });
});

test('an answer that is lost does not hide what was done', async () => {
  const faults: SimulatedEc2Options['faults'] = ({ command }) =>
    command === 'DeleteNetworkInterface' ? { kind: 'error-after' } : undefined;
  const lab = new TrailedLab({ faults });
  const interfaceId = await lab.makeInterface();
  expect(await codeOf(lab.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceId })))).toBe(
    'InternalError',
  );
  expect(lab.told()).toHaveLength(1);
});

test('a person meets none of the faults, and is known in the traces', async () => {
  const lab = new TrailedLab({ faults: () => ({ kind: 'error-before' }) });
  await lab.byPerson(new DescribeInstancesCommand({}));
  expect(await codeOf(lab.send(new DescribeInstancesCommand({})))).toBe('InternalError');
  expect(lab.calls.map(({ outcome, byPerson }) => [outcome, byPerson])).toEqual([
    ['ok', true],
    ['InternalError', undefined],
  ]);
});
