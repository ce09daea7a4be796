// Puts a message into another mailbox, too.
import { Button, Group, Modal, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, query } from '../../api/client';
import type { Voicemail } from '../../api/types';
import { useVoicemail } from '../../api/voicemail';
import { errorText, notifyDone } from '../../shell/notify';

interface Target {
  id: number;
  name: string;
  code: string;
}

export function Forward({ message, onClose }: { message: Voicemail; onClose: () => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [mailbox, setMailbox] = useState<string | null>(null);
  const [search] = useDebouncedValue(typed, 200);
  const found = useQuery({
    queryKey: ['me/mailbox-targets', mailbox ? '' : search],
    queryFn: ({ signal }) => api.get<{ items: Target[] }>(`me/mailbox-targets${query({ search: mailbox ? '' : search })}`, signal),
  });
  const act = useVoicemail();
  const data = (found.data?.items ?? []).filter(({ id }) => id !== message.mailbox).map(({ id, name, code }) => ({ value: String(id), label: `${name} (${code})` }));
  const send = () =>
    act.mutate(
      { id: message.id, wish: { forward: Number(mailbox) } },
      {
        onSuccess: () => {
          notifyDone(t('voicemail.forwarded'));
          onClose();
        },
      },
    );
  return (
    <Modal opened onClose={onClose} size="sm" title={t('voicemail.forward')} closeButtonProps={{ 'aria-label': t('forms.cancel') }}>
      <Select
        data-autofocus
        label={t('voicemail.to')}
        data={data}
        value={mailbox}
        onChange={setMailbox}
        searchable
        searchValue={typed}
        onSearchChange={setTyped}
        filter={({ options }) => options}
        nothingFoundMessage={t('forms.nothingFound')}
        error={act.isError ? errorText(act.error) : undefined}
      />
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={onClose}>
          {t('forms.cancel')}
        </Button>
        <Button disabled={!mailbox} loading={act.isPending} onClick={send}>
          {t('voicemail.forward')}
        </Button>
      </Group>
    </Modal>
  );
}
