// Says on every page who is calling, as long as it rings.
import { Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import i18next from 'i18next';
import { useEffect, useRef } from 'react';
import { useLocation } from 'react-router-dom';
import { useCommand, useRinging, type Command } from '../../api/manager';
import { queryClient } from '../../api/queryClient';
import type { LiveCall } from '../../api/types';
import { notifyError } from '../../shell/notify';
import { partyText } from '../calls/Party';
import { CallButtons } from './CallButtons';

function Buttons({ call }: { call: LiveCall }) {
  const { mutate, isPending } = useCommand();
  const act = (of: LiveCall, command: Command) => mutate({ call: of, command }, { onError: notifyError });
  return (
    <Group gap={6} mt={4}>
      <CallButtons call={call} onAction={act} busy={isPending} />
    </Group>
  );
}

export default function Incoming() {
  const ringing = useRinging();
  const shown = useRef(new Set<string>());
  const { pathname } = useLocation();
  const here = pathname === '/manager'; // the page itself shows it

  useEffect(() => {
    const now = new Set(here ? [] : ringing.map(({ call_id }) => call_id));
    for (const id of shown.current) if (!now.has(id)) notifications.hide(id);
    for (const call of here ? [] : ringing) {
      if (shown.current.has(call.call_id)) continue;
      notifications.show({
        id: call.call_id,
        color: 'green',
        autoClose: false,
        title: i18next.t('manager.incoming', { who: partyText(call.caller) || i18next.t('manager.somebody') }),
        message: ( // shown outside of what surrounds the pages
          <QueryClientProvider client={queryClient}>
            <Buttons call={call} />
          </QueryClientProvider>
        ),
        closeButtonProps: { 'aria-label': i18next.t('forms.close') },
      });
    }
    shown.current = now;
  }, [ringing, here]);
  return null;
}
