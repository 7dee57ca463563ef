/** A running instance that Holdfast does not manage, and what the tests of its import need. */
import { RunInstancesCommand, type RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import type { ImportRequest } from '../../domain/import/import-document';
import type { ShownMigration } from '../../lambdas/api/migration-service';
import type { Instance, NetworkInterface } from '../../simulator/ec2/world';
import type { Play } from './play';

export const PLAIN_ADDRESS = '10.0.0.77';

export interface Plain {
  readonly instanceId: string;
  readonly interfaceId: string;
}

/** Launches it as a person would, and waits until it runs. */
export async function launchPlain(play: Play, input: Partial<RunInstancesCommandInput> = {}): Promise<Plain> {
  const { account, ec2 } = play.sandbox;
  const command = new RunInstancesCommand({
    MinCount: 1,
    MaxCount: 1,
    InstanceType: 'm7g.large',
    ImageId: account.arm64ImageId,
    KeyName: account.keyName,
    UserData: Buffer.from('#!/bin/sh\necho here\n').toString('base64'),
    SubnetId: account.subnetIds[0],
    SecurityGroupIds: [account.securityGroupId],
    PrivateIpAddress: PLAIN_ADDRESS,
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'ledger' }] }],
    ...input,
  });
  const { Instances: [launched] = [] } = await play.settle(ec2.personClient.send(command));
  const instanceId = launched?.InstanceId ?? '';
  while (play.instanceState(instanceId) !== 'running') await play.passSeconds(1);
  await play.passSeconds(10);
  return { instanceId, interfaceId: primaryOf(play, instanceId)?.id ?? '' };
}

/** The interface that the instance has at device index 0 in EC2. */
export function primaryOf(play: Play, instanceId: string): NetworkInterface | undefined {
  return [...play.sandbox.ec2.world.networkInterfaces.values()].find(
    ({ attachment }) => attachment?.instanceId === instanceId && attachment.deviceIndex === 0,
  );
}

/** What an import may change of an original before it is committed. */
export function tracesOn(play: Play, { instanceId, interfaceId }: Plain) {
  const { instances, networkInterfaces } = play.sandbox.ec2.world;
  const instance = instances.get(instanceId) as Instance;
  const eni = networkInterfaces.get(interfaceId) as NetworkInterface;
  return {
    state: instance.state,
    tags: { ...instance.tags.current },
    interfaceTags: { ...eni.tags.current },
    attachment: { ...eni.attachment },
  };
}

export const KEEPING = { shouldKeepPrivateIp: true, shouldTerminateInstance: true } as const;
export const RENEWING = { shouldKeepPrivateIp: false, shouldTerminateInstance: true } as const;
export const BESIDE = { shouldKeepPrivateIp: false, shouldTerminateInstance: false } as const;

/** Asks for the import, and does not wait for what follows. */
export async function beginImport(
  play: Play,
  { instanceId }: Plain,
  request: Omit<ImportRequest, 'originalInstanceId' | 'region'> & Partial<ImportRequest>,
): Promise<string> {
  const shown = await play.settle(
    play.service.migrations.begin({ originalInstanceId: instanceId, region: 'us-east-1', ...request }),
  );
  play.nodeId = shown.migration.nodeId;
  return shown.migration.id;
}

export async function progressOf(play: Play, migrationId: string): Promise<ShownMigration['progress']> {
  const [shown] = await play.settle(play.service.migrations.find([migrationId]));
  if (shown === undefined) throw new Error(`there is no import ${migrationId}`);
  return shown.progress;
}
