/** Fields that clients leave out or send unasked: what EC2 is asked for, and that no later check takes it for a change. */
import { DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import type { NodeDocument } from '../../domain/config/node-config';
import { synthesizeTemplate } from '../../infra/app';
import { exampleDocument } from '../../local/sandbox';
import { plays, type Play } from './play';

const open = plays();

const GROUPS = { compute: { launchSpecification: { securityGroupIds: null } } };

/** Creates the example node without Region, security groups and types, and waits for its first launch. */
async function create(play: Play, attachment: 'cold' | 'hot'): Promise<NodeDocument> {
  const {
    region: _region,
    compute,
    ...others
  } = exampleDocument(play.sandbox.account, await play.allocate(), attachment);
  const { securityGroupIds: _groups, instanceTypes: _types, ...specification } = compute.launchSpecification;
  const launchSpecification = { ...specification, instanceTypes: { preferredType: 'm6g.large' } };
  const document = { ...others, compute: { ...compute, launchSpecification } };
  const { id } = await play.settle(play.service.create(document));
  play.nodeId = id;
  await play.untilIdle();
  return document;
}

function defaultGroupId(play: Play): string | undefined {
  const groups = [...play.sandbox.ec2.world.securityGroups.values()];
  return groups.find(({ vpcId, name }) => vpcId === play.sandbox.account.vpcId && name === 'default')?.id;
}

/** The security groups of every interface of the node. */
async function groupsOf(play: Play): Promise<readonly (readonly string[])[]> {
  const { identity, instance } = await play.node();
  const interfaces = [...play.sandbox.ec2.world.networkInterfaces.values()];
  return interfaces
    .filter(({ id, attachment }) => id === identity.interfaceId || attachment?.instanceId === instance?.id)
    .map(({ groupIds }) => groupIds);
}

test.each(['cold', 'hot'] as const)(
  'the VPC decides the security groups, and the preferred type is tried: %s',
  async (attachment) => {
    const play = await open();
    await create(play, attachment);

    const node = await play.node();
    expect(node).toMatchObject({ status: 'ACTIVE', instance: { instanceType: 'm6g.large' } });
    const groups = await groupsOf(play);
    expect(groups).toHaveLength(attachment === 'cold' ? 1 : 2);
    expect(new Set(groups.flat())).toEqual(new Set([defaultGroupId(play)]));
  },
);

test('an update that removes the groups brings the default group back', async () => {
  const play = await open();
  await play.create();
  expect(await groupsOf(play)).toEqual([[play.sandbox.account.securityGroupId]]);

  await play.ask((service) => service.update(play.nodeId, GROUPS));

  expect(await groupsOf(play)).toEqual([[defaultGroupId(play)]]);
});

test.each(['cold', 'hot'] as const)(
  'no public IP of its own beside an Elastic IP: the Elastic IP only: %s',
  async (attachment) => {
    const play = await open({ attachment });
    const networkInterfaces = [{ deviceIndex: 0 as const, associatePublicIpAddress: false }];
    await play.create(({ compute, ...document }) => ({
      ...document,
      compute: { ...compute, launchSpecification: { ...compute.launchSpecification, networkInterfaces } },
    }));

    const { instance, identity } = await play.node();
    const { ec2 } = play.sandbox;
    const command = new DescribeNetworkInterfacesCommand({
      Filters: [{ Name: 'attachment.instance-id', Values: [instance?.id ?? ''] }],
    });
    const { NetworkInterfaces = [] } = await play.settle(ec2.personClient.send(command));
    expect(identity.publicIp).toBeDefined();
    expect(NetworkInterfaces.flatMap(({ Association }) => Association?.PublicIp ?? [])).toEqual([identity.publicIp]);
  },
);

test('an instance profile that EC2 does not know yet is waited for', async () => {
  const template = synthesizeTemplate({ instanceRoleArns: ['arn:aws:iam::123456789012:role/web'] });
  const play = await open({ template });
  play.sandbox.ec2.addInstanceProfile('another');
  await play.startCreating(({ compute, ...document }) => ({
    ...document,
    compute: { ...compute, launchSpecification: { ...compute.launchSpecification, iamRole: { name: 'web' } } },
  }));
  await play.passSeconds(15);
  expect(play.callsOf('RunInstances', 'InvalidParameterValue').length).toBeGreaterThan(0);

  play.sandbox.ec2.addInstanceProfile('web');
  await play.untilIdle();
  const { status, failure } = await play.node();
  expect({ status, failure }).toEqual({ status: 'ACTIVE', failure: undefined });
});
