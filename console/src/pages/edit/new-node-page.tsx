/** Creates a node. */
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { itemsOf, type Schemas } from '../../api/connection';
import { useNotices } from '../../app/notices';
import { useTitle } from '../../app/title';
import { useConnection } from '../../session/session';
import { NEW_DOCUMENT, textAt } from './document';
import { NodeEditor } from './node-editor';

export default function NewNodePage(): ReactNode {
  useTitle('Create a node');
  const { client } = useConnection();
  const notices = useNotices();
  const [, go] = useLocation();
  return (
    <NodeEditor
      title="Create a stateful node"
      initial={NEW_DOCUMENT}
      submitText="Create"
      onCancel={() => go('/')}
      onSubmit={async (document, _before, release) => {
        // The API checks the document. The types only say what it may hold.
        const managedInstance = document as unknown as Schemas['ManagedInstance'];
        const [created] = await itemsOf(client.POST('/aws/ec2/managedInstance', { body: { managedInstance } }));
        release();
        notices.show('created', { type: 'success', content: `${textAt(document, 'name')} is being launched.` });
        go(created === undefined ? '/' : `/nodes/${created.id}`);
      }}
    />
  );
}
