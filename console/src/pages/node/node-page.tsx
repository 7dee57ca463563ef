/** One node: its head, and a tab for each thing to know about it. */
import { lazy, Suspense, useCallback, type ReactNode } from 'react';
import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';
import { Link, useLocation } from 'wouter';
import { ActionsMenu } from '../../actions/actions-menu';
import { pathOf, readOne } from '../../api/node';
import type { NodeDetails } from '../../api/node-types';
import { PollState } from '../../api/poll-state';
import { usePolled, type Polled } from '../../api/polling';
import { Copyable } from '../../app/copyable';
import { Problem } from '../../app/problem';
import { useTitle } from '../../app/title';
import { Status } from '../../nodes/status';
import { useConnection } from '../../session/session';
import { isMoving, type NodeTabProps } from './node-tab';
import './node-page.css';

const Overview = lazy(() => import('./overview/overview'));
const Network = lazy(() => import('./network/network'));
const Monitoring = lazy(() => import('./monitoring/monitoring'));
const Log = lazy(() => import('./log/log'));
const Replacements = lazy(() => import('./replacements/replacements'));

const TABS = [
  { id: 'overview', label: 'Overview', Content: Overview },
  { id: 'network', label: 'Network', Content: Network },
  { id: 'monitoring', label: 'Monitoring', Content: Monitoring },
  { id: 'log', label: 'Log', Content: Log },
  { id: 'replacements', label: 'Replacements', Content: Replacements },
] as const;

interface NodePageProps {
  readonly id: string;
  /** @default the first one */
  readonly tab?: string | undefined;
}

export default function NodePage({ id, tab = TABS[0].id }: NodePageProps): ReactNode {
  const connection = useConnection();
  const read = useCallback(
    (signal: AbortSignal) => readOne<NodeDetails>(connection, `${pathOf(id)}/status`, signal),
    [connection, id],
  );
  const polled = usePolled(read, isMoving);
  const { value: node, error } = polled;
  useTitle(node?.name ?? id);

  if (!TABS.some((each) => each.id === tab)) return <Box variant="h1">There is no such page</Box>;
  if (error?.hasCode('MANAGED_INSTANCE_DOESNT_EXIST') === true) return <Gone id={id} name={node?.name} />;
  return (
    <SpaceBetween size="m">
      <Back />
      {node === undefined && error === undefined && <Spinner size="large" />}
      <Problem error={error} header="The node cannot be read" isOld={node !== undefined} onRetry={polled.refresh} />
      {node !== undefined && <NodeView node={node} tab={tab} polled={polled} />}
    </SpaceBetween>
  );
}

function NodeView({ node, tab, polled }: NodeTabProps & { tab: string; polled: Polled<NodeDetails> }): ReactNode {
  const [, go] = useLocation();
  const { id, name, status } = node;
  return (
    <>
      <Header
        variant="h1"
        description={
          <span className="hf-node-facts">
            <Copyable value={id} name="the node's ID" />
            <Status status={status} />
          </span>
        }
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <PollState polled={polled} />
            <ActionsMenu
              targets={[node]}
              others={[
                { id: 'edit', text: 'Edit Configuration', onChoose: () => go(`/nodes/${id}/edit`) },
                { id: 'view', text: 'View Configuration', onChoose: () => go(`/nodes/${id}/configuration`) },
              ]}
              onDone={polled.refresh}
            />
          </SpaceBetween>
        }
      >
        {name}
      </Header>
      <Tabs
        ariaLabel="About the node"
        activeTabId={tab}
        onChange={({ detail }) => go(`/nodes/${id}/${detail.activeTabId}`)}
        tabs={TABS.map(({ id: tabId, label, Content }) => ({
          id: tabId,
          label,
          href: `/console/nodes/${id}/${tabId}`,
          content: (
            <Suspense fallback={<Spinner size="large" />}>
              <Content node={node} />
            </Suspense>
          ),
        }))}
      />
    </>
  );
}

function Back(): ReactNode {
  return (
    <Link href="/" className="hf-node-back">
      ← Stateful nodes
    </Link>
  );
}

function Gone({ id, name }: { readonly id: string; readonly name: string | undefined }): ReactNode {
  return (
    <SpaceBetween size="m">
      <Back />
      <Box variant="h1">{name === undefined ? 'There is no such node' : `${name} no longer exists`}</Box>
      <Box>
        The API knows no node <span className="hf-mono">{id}</span>. Either it has been deleted, or the address of this
        page is wrong.
      </Box>
    </SpaceBetween>
  );
}
