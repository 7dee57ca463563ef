import { createRoot } from 'react-dom/client';
import { App } from './app/app';
import { applyAppearance, readAppearance } from './app/appearance';
import './app/page.css';

applyAppearance(readAppearance());
createRoot(document.getElementById('root')!).render(<App />);
