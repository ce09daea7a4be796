// Where a call shall go: to a number, or to the other one of a second call.
import { Button, Group, Modal, Stack } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { seenBy, useCommand } from '../../api/manager';
import { useMe } from '../../api/session';
import type { LiveCall } from '../../api/types';
import { notifyError } from '../../shell/notify';
import { partyText } from '../calls/Party';
import { NumberInput, numberOf } from './NumberInput';

interface TransferDialogueProps {
  call: LiveCall;
  others: LiveCall[];
  onClose: () => void;
}

export function TransferDialogue({ call, others, onClose }: TransferDialogueProps) {
  const { t } = useTranslation();
  const me = useMe()?.id;
  const [text, setText] = useState('');
  const { mutate, isPending } = useCommand();
  const number = numberOf(text);
  const go = (body: Record<string, unknown>) => mutate({ call, command: 'transfer', body }, { onError: notifyError, onSuccess: onClose });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (number) go({ number });
  };

  return (
    <Modal opened onClose={onClose} title={t('manager.transferTo', { who: partyText(seenBy(call, me).other) })} closeButtonProps={{ 'aria-label': t('forms.close') }}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {others.map((other) => (
            <Button key={other.call_id} variant="light" disabled={isPending} onClick={() => go({ call_id: other.call_id })}>
              {t('manager.join', { who: partyText(seenBy(other, me).other) })}
            </Button>
          ))}
          <NumberInput label={t('manager.transferNumber')} value={text} onChange={setText} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('manager.cancel')}
            </Button>
            <Button type="submit" disabled={!number} loading={isPending}>
              {t('manager.transfer')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
