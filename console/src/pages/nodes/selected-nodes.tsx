/** Below the list: what is selected, without leaving the list. */
import type { ReactNode } from 'react';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { Link } from 'wouter';
import { NODE_COLUMNS } from '../../nodes/columns';
import type { NodeRow } from '../../nodes/node-row';

interface SelectedNodesProps {
  readonly nodes: readonly NodeRow[];
  readonly onClose: () => void;
}

export default function SelectedNodes({ nodes, onClose }: SelectedNodesProps): ReactNode {
  const [node] = nodes;
  const isOne = nodes.length === 1 && node !== undefined;
  return (
    <section aria-label="Selected nodes" className="hf-selected-nodes">
      <Container
        fitHeight
        header={
          <Header
            variant="h2"
            actions={<Button iconName="close" variant="icon" ariaLabel="Clear the selection" onClick={onClose} />}
          >
            {isOne ? <Link href={`/nodes/${node.id}`}>{node.name}</Link> : `${nodes.length} nodes selected`}
          </Header>
        }
      >
        {isOne ? <Facts node={node} /> : <Counts nodes={nodes} />}
      </Container>
    </section>
  );
}

function Facts({ node }: { readonly node: NodeRow }): ReactNode {
  const shown = NODE_COLUMNS.filter(({ id }) => id !== 'name');
  return (
    <KeyValuePairs
      columns={4}
      items={[
        ...shown.map(({ header, cell }) => ({ label: header, value: cell(node) })),
        ...(node.errorReason === null ? [] : [{ label: 'Error', value: node.errorReason }]),
      ]}
    />
  );
}

/** How many of the selected there are of each, in the columns with few values. */
function Counts({ nodes }: { readonly nodes: readonly NodeRow[] }): ReactNode {
  const items = NODE_COLUMNS.filter(({ hasFewValues = false }) => hasFewValues).map(({ header, value }) => {
    const counts = new Map<string, number>();
    for (const node of nodes) {
      const text = String(value(node) ?? '–');
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    const parts = [...counts].sort(([, one], [, other]) => other - one).map(([text, count]) => `${text}: ${count}`);
    return { label: header, value: parts.join(', ') };
  });
  return <KeyValuePairs columns={4} items={items} />;
}
