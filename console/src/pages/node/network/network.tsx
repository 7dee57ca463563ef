/** The network identity of a node: the interface, its addresses, and which instances have carried it. */
import { useCallback, useMemo, type ReactNode } from 'react';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { pathOf, readOne, readOperations } from '../../../api/node';
import type { NodeConfiguration, SecurityGroup } from '../../../api/node-types';
import { usePolled } from '../../../api/polling';
import { useReading } from '../../../api/reading';
import { Copyable } from '../../../app/copyable';
import { FactsTable, type FactsColumn } from '../../../app/facts-table';
import { Problem } from '../../../app/problem';
import { duration, Time } from '../../../app/times';
import { MARKETS } from '../../../nodes/markets';
import { useConnection } from '../../../session/session';
import { Waits } from '../waits';
import { isMoving, type NodeTabProps } from '../node-tab';
import { attachmentsOf, type Attachment } from './attachments';

export default function Network({ node }: NodeTabProps): ReactNode {
  return (
    <SpaceBetween size="l">
      <Interface node={node} />
      <Attachments node={node} />
    </SpaceBetween>
  );
}

const neverMoves = (): boolean => false;

function Interface({ node }: NodeTabProps): ReactNode {
  const connection = useConnection();
  const read = useCallback(
    (signal: AbortSignal) => readOne<NodeConfiguration>(connection, pathOf(node.id), signal),
    [connection, node.id],
  );
  const { value: configuration, error, refresh } = usePolled(read, neverMoves);
  const { networkInterfaceId, macAddress, privateIp, ipv6Address, publicIp, availabilityZone } = node;
  const allocationId = configuration?.compute.elasticIp;
  return (
    <Container header={<Header variant="h2">Network interface</Header>}>
      <SpaceBetween size="m">
        <Problem
          error={error}
          header="The configuration cannot be read"
          isOld={configuration !== undefined}
          onRetry={refresh}
        />
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Interface', value: <Copyable value={networkInterfaceId} name="the interface's ID" /> },
            { label: 'MAC address', value: <Copyable value={macAddress} name="the MAC address" /> },
            { label: 'Availability Zone', value: availabilityZone ?? '–' },
            {
              label: 'Private IP',
              value: (
                <>
                  <Copyable value={privateIp} name="the private IP" />
                  {configuration !== undefined && <div className="hf-hint">{persistenceOf(configuration)}</div>}
                  <Waits
                    node={node}
                    fields={['compute.privateIp', 'persistence.persistPrivateIp']}
                    configured={configuration?.compute.privateIp}
                  />
                </>
              ),
            },
            { label: 'IPv6', value: <Copyable value={ipv6Address} name="the IPv6 address" /> },
            {
              label: 'Elastic IP',
              value: (
                <>
                  <div>
                    <Copyable value={publicIp} name="the Elastic IP" />
                  </div>
                  {allocationId !== undefined && <Copyable value={allocationId} name="the allocation ID" />}
                </>
              ),
            },
            ...(configuration === undefined ? [] : configured(node, configuration)),
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}

function configured(
  node: NodeTabProps['node'],
  configuration: NodeConfiguration,
): { label: string; value: ReactNode }[] {
  const { compute, persistence } = configuration;
  const { securityGroupIds, networkInterfaces } = compute.launchSpecification;
  const [first] = networkInterfaces ?? [];
  return [
    {
      label: 'Security groups',
      value: <SecurityGroups vpcId={compute.vpcId} ids={securityGroupIds ?? []} />,
    },
    {
      label: 'Public IP assignment',
      value: (
        <>
          {PUBLIC_IP[String(first?.associatePublicIpAddress ?? null)]}
          <Waits node={node} fields={['compute.launchSpecification.networkInterfaces[].associatePublicIpAddress']} />
        </>
      ),
    },
    {
      label: 'Attachment',
      value: (
        <>
          {persistence.eniAttachment === 'hot' ? 'Hot: a secondary interface' : 'Cold: the primary interface'}
          <Waits node={node} fields={['persistence.eniAttachment']} />
        </>
      ),
    },
    { label: 'VPC', value: <Copyable value={compute.vpcId} name="the VPC's ID" /> },
    {
      label: 'Subnets',
      value: (
        <>
          {compute.subnetIds.map((id) => (
            <div key={id}>
              <Copyable value={id} name="the subnet's ID" />
            </div>
          ))}
          <Waits node={node} fields={['compute.subnetIds']} />
        </>
      ),
    },
  ];
}

const PUBLIC_IP: Readonly<Record<string, string>> = {
  true: 'A launch assigns one to the primary interface',
  false: 'None is assigned',
  null: 'As the subnet says',
};

function persistenceOf({ persistence, compute }: NodeConfiguration): string {
  if (persistence.persistPrivateIp !== true) return 'Not persisted: it may change with the zone';
  return compute.privateIp === undefined ? 'Persisted, chosen from the subnet' : 'Persisted, as configured';
}

/** The ids as they are configured. Their names come from the account, if it says them. */
function SecurityGroups({ vpcId, ids }: { readonly vpcId: string; readonly ids: readonly string[] }): ReactNode {
  const connection = useConnection();
  const read = useCallback(
    async (signal: AbortSignal) =>
      (
        await connection.read<SecurityGroup>(
          `/holdfast/account/security-groups?vpcId=${encodeURIComponent(vpcId)}`,
          signal,
        )
      ).items,
    [connection, vpcId],
  );
  const { value: groups } = useReading(read);
  if (ids.length === 0) return "The VPC's default group";
  return ids.map((id) => (
    <div key={id}>
      {groups?.find((group) => group.id === id)?.name} <Copyable value={id} name="the security group's ID" />
    </div>
  ));
}

const COLUMNS: readonly FactsColumn<Attachment>[] = [
  { header: 'Instance', cell: ({ instance }) => <Copyable value={instance.instanceId} name="the instance's ID" /> },
  { header: 'Type', cell: ({ instance }) => instance.instanceType },
  { header: 'Zone', cell: ({ instance }) => instance.availabilityZone ?? '–' },
  { header: 'Life cycle', cell: ({ instance }) => MARKETS[instance.lifeCycle] },
  { header: 'From', cell: ({ from }) => <Time at={from} /> },
  { header: 'Until', cell: ({ until }) => (until === null ? 'now' : <Time at={until} />) },
  { header: 'Away after it', cell: ({ awaySeconds }) => duration(awaySeconds) },
];

/** As many operations as one response holds. */
const MOST = 100;

function Attachments({ node }: NodeTabProps): ReactNode {
  const connection = useConnection();
  const read = useCallback(
    (signal: AbortSignal) => readOperations(connection, node.id, { limit: MOST }, signal),
    [connection, node.id],
  );
  const { value, error, refresh } = useReading(read, `${node.instanceId} ${node.operation?.startedAt}`);
  const attachments = useMemo(() => attachmentsOf(value?.items ?? []), [value]);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Which instances have carried the interface in the last 90 days, newest first."
        >
          Attachment history
        </Header>
      }
    >
      <SpaceBetween size="s">
        <Problem error={error} header="The history cannot be read" isOld={value !== undefined} onRetry={refresh} />
        {value === undefined ? (
          error === undefined && <Spinner />
        ) : (
          <FactsTable
            label="Attachment history"
            columns={COLUMNS}
            rows={attachments}
            idOf={({ instance, from }) => `${instance.instanceId} ${from}`}
            empty={
              isMoving(node) ? 'The first instance is being launched.' : 'No instance has carried the interface yet.'
            }
          />
        )}
        {value?.nextToken !== undefined && (
          <span className="hf-hint">Only the latest {MOST} operations are counted.</span>
        )}
      </SpaceBetween>
    </Container>
  );
}
