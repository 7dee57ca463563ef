/** The one place where ports meet their adapters. */
import type { Ports } from '../ports';
import type { Runtime } from '../runtime';
import { addressClaims, instanceIndex, nodeRecords } from './dynamodb-table';
import { nodeLog } from './dynamodb-log';
import { migrationRecords } from './dynamodb-migrations';
import { usageRecords } from './dynamodb-usage';
import { ec2Account, type Deployment } from './ec2-account';
import { ec2ElasticIps } from './ec2-addresses';
import { ec2Fleet } from './ec2-fleet';
import { ec2Instances } from './ec2-instances';
import { ec2NetworkInterfaces } from './ec2-network-interfaces';
import { ec2Originals } from './ec2-originals';
import { ec2Tags } from './ec2-tags';
import { ec2Volumes } from './ec2-volumes';
import { announceStatus } from './eventbridge';
import { listPrices } from './list-prices';
import { operations, waitingTasks } from './step-functions';

/** What the ports need of a runtime. */
export type PortRuntime = Pick<
  Runtime,
  'environment' | 'ec2' | 'dynamodb' | 'sfn' | 'events' | 'pricing' | 'time' | 'randomHex' | 'log'
>;

/** @throws Error where the environment lacks the table's name */
export function createPorts(runtime: PortRuntime): Ports {
  const { environment, ec2, dynamodb, sfn, events, time, randomHex, log } = runtime;
  const tableName = environment.TABLE_NAME;
  if (tableName === undefined) throw new Error('the environment variable TABLE_NAME is not set');
  const table = { dynamodb, tableName };
  const deployment = deploymentOf(environment);
  return {
    instances: ec2Instances(ec2),
    originals: ec2Originals(ec2),
    interfaces: ec2NetworkInterfaces(ec2),
    elasticIps: ec2ElasticIps(ec2),
    fleet: ec2Fleet(ec2),
    volumes: ec2Volumes(ec2),
    account: ec2Account(ec2, deployment),
    prices: listPrices({ ec2, pricing: () => runtime.pricing, time, region: deployment.region }),
    tags: ec2Tags(ec2),
    log: nodeLog(table, randomHex),
    usage: usageRecords(table),
    nodes: nodeRecords(table, announceStatus(events, log)),
    migrations: migrationRecords(table),
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
