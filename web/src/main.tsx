// Starts the page: language first, then the cache, the look, and whatever the visitor may see.
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './shell/global.css';

import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router-dom';
import { queryClient } from './api/queryClient';
import { startI18n } from './i18n';
import { Gate } from './shell/Gate';
import { Pages } from './shell/routes';
import { theme } from './shell/theme';
import { variables } from './shell/variables';

const FUTURE = { v7_startTransition: true, v7_relativeSplatPath: true };

async function start() {
  await startI18n();
  createRoot(document.getElementById('root') as HTMLElement).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
        <Notifications position="bottom-right" />
        <QueryClientProvider client={queryClient}>
          <BrowserRouter future={FUTURE}>
            <Gate>
              <Pages />
            </Gate>
          </BrowserRouter>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}

void start();
