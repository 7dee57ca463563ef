/** The bar at the top of every page. */
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import { useSession } from '../session/session';
import { chooseAppearance, readAppearance, type Appearance } from './appearance';
import { useDeployment } from './deployment';
import { useLeave } from './leaving';
import './top-bar.css';

const MODES = { system: 'Like the system', light: 'Light', dark: 'Dark' } as const;
const DENSITIES = { comfortable: 'Comfortable', compact: 'Compact' } as const;

export function TopBar(): ReactNode {
  const { isSigned, signOut } = useSession();
  const { isSimulated } = useDeployment();
  const leave = useLeave();
  const [appearance, setAppearance] = useState(readAppearance);
  const choose = (change: Partial<Appearance>): void => {
    const chosen = { ...appearance, ...change };
    setAppearance(chosen);
    chooseAppearance(chosen);
  };
  return (
    <header id="top" className="hf-top">
      <nav aria-label="Holdfast">
        <Link href="/" className="hf-brand">
          Holdfast
        </Link>
        <Link href="/">Stateful nodes</Link>
        {isSimulated && <Link href="/simulator">Simulator</Link>}
      </nav>
      <ButtonDropdown
        items={[
          {
            text: 'Colours',
            items: Object.entries(MODES).map(([mode, text]) => ({
              id: `mode ${mode}`,
              text,
              itemType: 'checkbox' as const,
              checked: appearance.mode === mode,
            })),
          },
          {
            text: 'Density',
            items: Object.entries(DENSITIES).map(([density, text]) => ({
              id: `density ${density}`,
              text,
              itemType: 'checkbox' as const,
              checked: appearance.density === density,
            })),
          },
          ...(isSigned ? [] : [{ id: 'sign-out', text: 'Sign out' }]),
        ]}
        onItemClick={({ detail: { id } }) => {
          const [what, value] = id.split(' ');
          if (what === 'mode') choose({ mode: value as Appearance['mode'] });
          else if (what === 'density') choose({ density: value as Appearance['density'] });
          else leave(signOut);
        }}
      >
        Settings
      </ButtonDropdown>
    </header>
  );
}
