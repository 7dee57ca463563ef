/** Edits a node's configuration. Only what changed is sent. */
import type { ReactNode } from 'react';
import { useLocation, useSearch } from 'wouter';
import { itemsOf, type Schemas } from '../../api/connection';
import { useNotices } from '../../app/notices';
import { useTitle } from '../../app/title';
import { useConnection } from '../../session/session';
import { NodeDocument, type LoadedNode } from '../node-document';
import { changesBetween, patchBetween } from './changes';
import { summaryOf } from './changes-table';
import { NodeEditor } from './node-editor';

export default function EditNodePage({ id }: { readonly id: string }): ReactNode {
  useTitle('Edit configuration');
  return <NodeDocument id={id}>{(node) => <LoadedEditor id={id} node={node} />}</NodeDocument>;
}

function LoadedEditor({ id, node }: { readonly id: string; readonly node: LoadedNode }): ReactNode {
  const { client } = useConnection();
  const notices = useNotices();
  const [, go] = useLocation();
  const isAddresses = new URLSearchParams(useSearch()).get('tab') === 'persistence';
  const { document, status } = node;
  return (
    <NodeEditor
      title={`Edit ${status.name}`}
      initial={document}
      node={status}
      firstTab={isAddresses ? 'persistence' : 'configuration'}
      submitText="Save"
      onCancel={() => go(`/nodes/${id}`)}
      onSubmit={async (wanted, before, release) => {
        const managedInstance = patchBetween(before, wanted) as unknown as Schemas['ManagedInstancePatch'];
        await itemsOf(
          client.PUT('/aws/ec2/managedInstance/{id}', { params: { path: { id } }, body: { managedInstance } }),
        );
        release();
        const content = `${status.name}: ${summaryOf(changesBetween(before, wanted))}.`;
        notices.show(`edit ${id}`, { type: 'success', header: 'Saved', content });
        go(`/nodes/${id}`);
      }}
    />
  );
}
