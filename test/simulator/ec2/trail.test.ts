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

  /** CloudTrail's events, without EC2's own. */
  trailEvents(): any[] {
    return this.events.filter((event) => event['detail-type'] === 'AWS API Call via CloudTrail');
  }
}

test(`a deletion by a person has an event with the person and the parameters [${RECORD}]`, async () => {
  const lab = new TrailedLab();
  const interfaceId = await lab.makeInterface();
  await lab.passSeconds(1);
  await lab.byPerson(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceId }));
  expect(lab.trailEvents()).toEqual([
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
  const [{ detail }] = lab.trailEvents();
  expect(detail).not.toHaveProperty('errorCode');
  expect(detail.userIdentity).not.toHaveProperty('sessionContext');
});

test("a call of the client has an event with the caller's role", async () => {
  const lab = new TrailedLab();
  await lab.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: await lab.makeInterface() }));
  expect(lab.trailEvents()[0].detail.userIdentity).toMatchObject({
    type: 'AssumedRole',
    arn: 'arn:aws:sts::123456789012:assumed-role/Holdfast-Steps/Holdfast-Steps',
    sessionContext: { sessionIssuer: { type: 'Role', arn: OUR_ROLE, userName: 'Holdfast-Steps' } },
  });
});

test('every call that takes an interface or an address away has an event with its parameters', async () => {
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
  expect(lab.trailEvents().map(({ detail }) => [detail.eventName, detail.requestParameters])).toEqual([
    ['AssociateAddress', { allocationId, networkInterfaceId: interfaceId }],
    ['DisassociateAddress', { associationId }],
    ['ReleaseAddress', { allocationId }],
    ['DetachNetworkInterface', { attachmentId, force: true }],
  ]);
});

describe('there is no event', () => {
  test('for a refused call', async () => {
    const lab = new TrailedLab();
    const command = new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: 'eni-0123456789abcdef0' });
    expect(await codeOf(lab.byPerson(command))).toBe('InvalidNetworkInterfaceID.NotFound');
    expect(lab.trailEvents()).toEqual([]);
  });

  test('for calls that take nothing away', async () => {
    const lab = new TrailedLab();
    const interfaceId = await lab.makeInterface();
    await lab.byPerson(new CreateTagsCommand({ Resources: [interfaceId], Tags: [{ Key: 'a', Value: '1' }] }));
    await lab.byPerson(new DescribeInstancesCommand({}));
    expect(lab.trailEvents()).toEqual([]);
  });

  test('without a trail', async () => {
    const lab = new TrailedLab({ trail: false });
    const interfaceId = await lab.makeInterface();
    await lab.byPerson(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceId }));
    expect(lab.ec2.world.networkInterfaces.size).toBe(0);
    expect(lab.trailEvents()).toEqual([]);
  });
});

test('a call whose response is lost still has an event', async () => {
  const faults: SimulatedEc2Options['faults'] = ({ command }) =>
    command === 'DeleteNetworkInterface' ? { kind: 'error-after' } : undefined;
  const lab = new TrailedLab({ faults });
  const interfaceId = await lab.makeInterface();
  expect(await codeOf(lab.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceId })))).toBe(
    'InternalError',
  );
  expect(lab.trailEvents()).toHaveLength(1);
});

test('a person gets no injected faults, and is marked in the traces', async () => {
  const lab = new TrailedLab({ faults: () => ({ kind: 'error-before' }) });
  await lab.byPerson(new DescribeInstancesCommand({}));
  expect(await codeOf(lab.send(new DescribeInstancesCommand({})))).toBe('InternalError');
  expect(lab.calls.map(({ outcome, byPerson }) => [outcome, byPerson])).toEqual([
    ['ok', true],
    ['InternalError', undefined],
  ]);
});
