/** Reads a node's document and its status once: a form does not change under the hands of its reader. */
import { useEffect, useState, type ReactNode } from 'react';
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Spinner from '@cloudscape-design/components/spinner';
import { itemsOf, type NodeStatus } from '../api/connection';
import { ApiError } from '../api/errors';
import { useConnection } from '../session/session';
import { documentIn, isObject, type JsonObject } from './edit/document';

export interface LoadedNode {
  readonly document: JsonObject;
  readonly status: NodeStatus;
}

interface NodeDocumentProps {
  readonly id: string;
  readonly children: (node: LoadedNode) => ReactNode;
}

export function NodeDocument({ id, children }: NodeDocumentProps): ReactNode {
  const { client } = useConnection();
  const [node, setNode] = useState<LoadedNode | undefined>(undefined);
  const [error, setError] = useState<ApiError | undefined>(undefined);
  const [attempt, setAttempt] = useState(0);
  const isLoaded = node !== undefined;
  useEffect(() => {
    if (isLoaded) return;
    const params = { path: { id } };
    const load = async (): Promise<void> => {
      setError(undefined);
      try {
        const [[item], [status]] = await Promise.all([
          itemsOf(client.GET('/aws/ec2/managedInstance/{id}', { params })),
          itemsOf(client.GET('/aws/ec2/managedInstance/{id}/status', { params })),
        ]);
        const document: unknown = item;
        if (isObject(document) && status !== undefined) setNode({ document: documentIn(document), status });
      } catch (failure) {
        if (!(failure instanceof ApiError)) throw failure;
        setError(failure);
      }
    };
    void load();
    // With a new token it is read again only if it was not read before.
  }, [client, id, attempt, isLoaded]);
  if (node !== undefined) return children(node);
  if (error === undefined) return <Spinner size="large" />;
  return (
    <Alert
      type="error"
      header={`${id} cannot be read`}
      action={<Button onClick={() => setAttempt((before) => before + 1)}>Try again</Button>}
    >
      {error.message}
    </Alert>
  );
}
