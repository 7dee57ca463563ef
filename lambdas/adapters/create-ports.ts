/** The one place where ports meet their adapters. */
import type { Ports } from '../ports';
import type { Runtime } from '../runtime';
import { addressClaims, instanceIndex, nodeRecords } from './dynamodb-table';
import { nodeLog } from './dynamodb-log';
import { ec2Account, type Deployment } from './ec2-account';
import { ec2ElasticIps } from './ec2-addresses';
import { ec2Instances } from './ec2-instances';
import { ec2NetworkInterfaces } from './ec2-network-interfaces';
import { ec2Tags } from './ec2-tags';
import { announceStatus } from './eventbridge';
import { operations, waitingTasks } from './step-functions';

/** What the ports need of a runtime. */
export type PortRuntime = Pick<
  Runtime,
  'environment' | 'ec2' | 'dynamodb' | 'sfn' | 'events' | 'time' | 'randomHex' | 'log'
>;

/** @throws Error where the environment lacks the table's name */
export function createPorts({ environment, ec2, dynamodb, sfn, events, time, randomHex, log }: PortRuntime): Ports {
  const tableName = environment.TABLE_NAME;
  if (tableName === undefined) throw new Error('the environment variable TABLE_NAME is not set');
  const table = { dynamodb, tableName };
  return {
    instances: ec2Instances(ec2),
    interfaces: ec2NetworkInterfaces(ec2),
    elasticIps: ec2ElasticIps(ec2),
    account: ec2Account(ec2, deploymentOf(environment)),
    tags: ec2Tags(ec2),
    log: nodeLog(table, randomHex),
    nodes: nodeRecords(table, announceStatus(events, log)),
    claims: addressClaims(table),
    index: instanceIndex(table),
    waitingTasks: waitingTasks(sfn),
    operations: operations(sfn, environment.STATE_MACHINE_ARN_PREFIX ?? ''),
    time,
    randomHex,
  };
}

function deploymentOf({ AWS_REGION = '', INSTANCE_ROLE_ARNS = '' }: Runtime['environment']): Deployment {
  const arns = INSTANCE_ROLE_ARNS.split(',').map((arn) => arn.trim());
  return { region: AWS_REGION, instanceRoleArns: arns.filter((arn) => arn !== '') };
}
