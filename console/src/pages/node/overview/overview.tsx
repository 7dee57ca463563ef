/** What a node is now: its addresses, how it is, what carries it, what persists, and what it costs. */
import { useCallback, type ReactNode } from 'react';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { pathOf, readOne } from '../../../api/node';
import type { NodeConfiguration, NodeDetails } from '../../../api/node-types';
import { usePolled } from '../../../api/polling';
import { useNow } from '../../../app/clock';
import { Copyable } from '../../../app/copyable';
import { duration, Time } from '../../../app/times';
import { MARKETS } from '../../../nodes/markets';
import { useConnection } from '../../../session/session';
import type { NodeTabProps } from '../node-tab';
import { Waits } from '../waits';
import { Costs } from './costs';
import { PersistedResources } from './persisted-resources';
import { StatusFacts } from './status-facts';

export default function Overview({ node }: NodeTabProps): ReactNode {
  return (
    <SpaceBetween size="l">
      <ColumnLayout columns={2}>
        <StatusFacts node={node} />
        <Addresses node={node} />
      </ColumnLayout>
      <Instance node={node} />
      <PersistedResources node={node} />
      <Costs nodeId={node.id} />
    </SpaceBetween>
  );
}

function Addresses({ node }: NodeTabProps): ReactNode {
  const { privateIp, publicIp, ipv6Address, macAddress } = node;
  return (
    <Container fitHeight header={<Header variant="h2">Addresses</Header>}>
      <KeyValuePairs
        columns={2}
        items={[
          { label: 'Private IP', value: <Copyable value={privateIp} name="the private IP" /> },
          { label: 'Public IP', value: <Copyable value={publicIp} name="the public IP" /> },
          { label: 'IPv6', value: <Copyable value={ipv6Address} name="the IPv6 address" /> },
          { label: 'MAC address', value: <Copyable value={macAddress} name="the MAC address" /> },
        ]}
      />
    </Container>
  );
}

const neverMoves = (): boolean => false;

function Instance({ node }: NodeTabProps): ReactNode {
  const connection = useConnection();
  const { id, instanceId, instanceType, lifeCycle, imageId, launchedAt, availabilityZone } = node;
  const read = useCallback(
    (signal: AbortSignal) => readOne<NodeConfiguration>(connection, pathOf(id), signal),
    [connection, id],
  );
  const { value: configuration } = usePolled(read, neverMoves);
  const { compute, strategy } = configuration ?? {};
  return (
    <Container
      header={
        <Header variant="h2" description={instanceId === null ? 'No instance carries the node now.' : undefined}>
          Instance
        </Header>
      }
    >
      <KeyValuePairs
        columns={4}
        items={[
          { label: 'Instance', value: <Copyable value={instanceId} name="the instance's ID" /> },
          {
            label: 'Type',
            value: (
              <>
                {instanceType ?? '–'}
                <Waits node={node} fields={[`${LAUNCH}.instanceTypes`]} configured={compute && typesIn(compute)} />
              </>
            ),
          },
          {
            label: 'Life cycle',
            value: (
              <>
                {lifeCycle === null ? '–' : MARKETS[lifeCycle]}
                <Waits
                  node={node}
                  fields={['strategy.lifeCycle']}
                  configured={MARKETS[strategy?.lifeCycle ?? 'spot']}
                />
              </>
            ),
          },
          { label: 'Availability Zone', value: availabilityZone ?? '–' },
          {
            label: 'Image',
            value: (
              <>
                <Copyable value={imageId} name="the image's ID" />
                <Waits node={node} fields={[`${LAUNCH}.imageId`]} configured={compute?.launchSpecification.imageId} />
              </>
            ),
          },
          { label: 'Launched', value: <Time at={instanceId === null ? null : launchedAt} /> },
          { label: 'Uptime', value: instanceId === null ? '–' : <Uptime launchedAt={launchedAt} /> },
          { label: 'Node created', value: <Time at={node.createdAt} /> },
        ]}
      />
    </Container>
  );
}

const LAUNCH = 'compute.launchSpecification';

/** In the order in which they are tried. */
function typesIn({ launchSpecification }: NodeConfiguration['compute']): string {
  const { preferredType, preferredTypes = [], types = [] } = launchSpecification.instanceTypes;
  return [...new Set([...(preferredType === undefined ? [] : [preferredType]), ...preferredTypes, ...types])].join(
    ', ',
  );
}

const SECOND_MS = 1_000;

function Uptime({ launchedAt }: Pick<NodeDetails, 'launchedAt'>): ReactNode {
  const now = useNow(SECOND_MS);
  if (launchedAt === null) return '–';
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(launchedAt)) / SECOND_MS));
  return duration(seconds);
}
