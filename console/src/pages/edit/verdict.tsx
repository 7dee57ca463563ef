/** What the API says about the document, before it is sent. */
import { useEffect, useState, type ReactNode } from 'react';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { check } from '../../api/check';
import { ApiError, type Fault } from '../../api/errors';
import { useConnection } from '../../session/session';
import { patchBetween } from './changes';
import { useEditor } from './editor';

/** After the last change. Milliseconds. */
const PAUSE_MS = 600;

export function Verdict({ onFaults }: { readonly onFaults: (faults: readonly Fault[]) => void }): ReactNode {
  const connection = useConnection();
  const { document, before, node } = useEditor();
  const id = node?.id;
  const [state, setState] = useState<'asking' | 'valid' | 'invalid' | 'unknown'>('asking');
  useEffect(() => {
    let isCurrent = true;
    setState('asking');
    const ask = async (): Promise<void> => {
      try {
        const faults = await (id === undefined
          ? check(connection, document)
          : check(connection, patchBetween(before, document), id));
        if (!isCurrent) return;
        onFaults(faults);
        setState(faults.length === 0 ? 'valid' : 'invalid');
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (isCurrent) setState('unknown');
      }
    };
    const timer = setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [connection, document, before, id, onFaults]);
  if (state === 'asking') return <StatusIndicator type="loading">The API checks the document</StatusIndicator>;
  if (state === 'valid') return <StatusIndicator type="success">The API accepts this document</StatusIndicator>;
  if (state === 'invalid') return <StatusIndicator type="error">The API would refuse this document</StatusIndicator>;
  return (
    <StatusIndicator type="info">The API has not checked this document. It does so when it gets it.</StatusIndicator>
  );
}
