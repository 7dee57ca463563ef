/** Connects the ports with their adapters. */
import type { Ports, ReconcilerPorts } from '../ports';
import type { RuntimeWith } from '../runtime';
import { addressClaims, instanceIndex } from './dynamodb-table';
import { dynamoDbDryPools } from './dynamodb-dry-pools';
import { recordKeys } from './dynamodb-keys';
import { operationHistory } from './dynamodb-history';
import { runLease } from './dynamodb-lease';
import { nodeRecords } from './dynamodb-nodes';
import { nodeLog } from './dynamodb-log';
import { tableOwnership } from './dynamodb-ownership';
import { missingAddresses } from './dynamodb-missing-addresses';
import { migrationRecords } from './dynamodb-migrations';
import { dynamoDbPacer } from './dynamodb-pacer';
import { usageRecords } from './dynamodb-usage';
import { ec2Account, type Surroundings } from './ec2-account';
import { ec2ElasticIps } from './ec2-addresses';
import { ec2Fleet } from './ec2-fleet';
import { ec2Instances } from './ec2-instances';
import { ec2LaunchTemplates } from './ec2-launch-templates';
import { ec2NetworkInterfaces } from './ec2-network-interfaces';
import { ec2Originals } from './ec2-originals';
import { ec2Tags } from './ec2-tags';
import { ec2Volumes } from './ec2-volumes';
import { announceStatus } from './eventbridge';
import { operationsOf, required, tableOf } from './from-environment';
import { waitingTasks } from './step-functions';

/** The clients that the adapters call. */
export type PortClients = 'ec2' | 'dynamodb' | 'sfn' | 'events';
export type PortRuntime = RuntimeWith<PortClients>;

/** @throws Error if the environment lacks the name of the table or of the deployment */
export function createPorts(runtime: PortRuntime): Ports {
  const { environment, ec2, sfn, events, time, randomHex, log, measure } = runtime;
  const table = tableOf(runtime);
  const deployment = required(environment, 'DEPLOYMENT');
  return {
    deployment,
    instances: ec2Instances(ec2, deployment),
    originals: ec2Originals(ec2),
    interfaces: ec2NetworkInterfaces(ec2, deployment),
    elasticIps: ec2ElasticIps(ec2),
    fleet: ec2Fleet(ec2, deployment),
    volumes: ec2Volumes(ec2, deployment),
    templates: ec2LaunchTemplates(ec2, deployment),
    account: ec2Account(ec2, surroundingsOf(environment)),
    tags: ec2Tags(ec2),
    log: nodeLog(table, randomHex),
    history: operationHistory(table),
    usage: usageRecords(table),
    nodes: nodeRecords(table, announceStatus(events, deployment, log)),
    migrations: migrationRecords(table),
    claims: addressClaims(table),
    index: instanceIndex(table),
    ownership: tableOwnership(table, deployment),
    waitingTasks: waitingTasks(sfn),
    missingAddresses: missingAddresses(table),
    pacer: dynamoDbPacer(table, log),
    dryPools: dynamoDbDryPools(table, log),
    measure,
    operations: operationsOf(runtime),
    time,
    randomHex,
  };
}

export function surroundingsOf(environment: PortRuntime['environment']): Surroundings {
  const { AWS_REGION = '', INSTANCE_ROLE_ARNS, SUBNET_OWNER_ACCOUNTS } = environment;
  return {
    region: AWS_REGION,
    instanceRoleArns: listIn(INSTANCE_ROLE_ARNS),
    subnetOwnerAccounts: listIn(SUBNET_OWNER_ACCOUNTS),
  };
}

function listIn(text = ''): readonly string[] {
  const items = text.split(',').map((item) => item.trim());
  return items.filter((item) => item !== '');
}

/** @throws Error if the environment lacks the name of the table or of the deployment */
export function createReconcilerPorts({ environment, dynamodb, randomHex }: PortRuntime): ReconcilerPorts {
  const table = { dynamodb, tableName: required(environment, 'TABLE_NAME') };
  return { keys: recordKeys(table, required(environment, 'DEPLOYMENT')), lease: runLease(table, randomHex) };
}
