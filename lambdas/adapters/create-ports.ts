/** The one place where ports meet their adapters. */
import type { Ports } from '../ports';
import type { Runtime } from '../runtime';
import { elasticIpClaims, instanceIndex, nodeRecords } from './dynamodb-table';
import { ec2ElasticIps, ec2Subnets } from './ec2-addresses';
import { ec2Instances } from './ec2-instances';
import { ec2NetworkInterfaces } from './ec2-network-interfaces';
import { operations, waitingTasks } from './step-functions';

/** @throws Error where the environment lacks the table's name */
export function createPorts({ environment, ec2, dynamodb, sfn, time, randomHex }: Runtime): Ports {
  const tableName = environment.TABLE_NAME;
  if (tableName === undefined) throw new Error('the environment variable TABLE_NAME is not set');
  const table = { dynamodb, tableName };
  return {
    instances: ec2Instances(ec2),
    interfaces: ec2NetworkInterfaces(ec2),
    elasticIps: ec2ElasticIps(ec2),
    subnets: ec2Subnets(ec2),
    nodes: nodeRecords(table),
    claims: elasticIpClaims(table),
    index: instanceIndex(table),
    waitingTasks: waitingTasks(sfn),
    operations: operations(sfn, environment.STATE_MACHINE_ARN_PREFIX ?? ''),
    time,
    randomHex,
  };
}
