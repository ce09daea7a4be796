// A phone of one's own rings, to hear a sound there or to speak it; how far that is, is seen while it goes on.
import { Button, Group, Loader, Modal, Stack, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAtPhone, useStage } from '../api/atPhone';
import { errorText, notifyDone } from '../shell/notify';
import { PhoneChoice, useChosenPhone } from './PhoneChoice';

interface AtPhoneDialogueProps {
  /** Of what: an announcement, a mailbox, a message. */
  name: string;
  /** Where the request goes. */
  path: string;
  speaks: boolean;
  more?: Record<string, unknown>;
  children?: ReactNode;
  onClose: () => void;
}

function Progress({ callId, onAgain, onClose }: { callId: string; onAgain: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const stage = useStage(callId);
  const over = stage === 'kept' || stage === 'failed' || stage === 'dropped';
  return (
    <>
      <Group gap="sm" wrap="nowrap" mih={48}>
        {!over && <Loader size="sm" color={stage === 'speaking' ? 'red' : undefined} type={stage === 'speaking' ? 'bars' : 'oval'} />}
        <Text role="status" fw={500} c={stage === 'failed' ? 'red' : undefined}>
          {t(`atPhone.stage.${stage}`)}
        </Text>
      </Group>
      <Group justify="flex-end" gap="xs">
        {over && stage !== 'kept' && (
          <Button variant="default" onClick={onAgain}>
            {t('atPhone.again')}
          </Button>
        )}
        <Button variant={over ? 'filled' : 'default'} onClick={onClose}>
          {t('atPhone.close')}
        </Button>
      </Group>
    </>
  );
}

export function AtPhoneDialogue({ name, path, speaks, more, children, onClose }: AtPhoneDialogueProps) {
  const { t } = useTranslation();
  const phone = useChosenPhone();
  const [callId, setCallId] = useState<string | null>(null);
  const ring = useAtPhone();
  const started = ({ call_id }: { call_id: string }) => {
    if (speaks) setCallId(call_id);
    else {
      notifyDone(t('atPhone.rings'));
      onClose();
    }
  };
  return (
    <Modal opened onClose={onClose} size="md" title={`${t(speaks ? 'atPhone.record' : 'atPhone.listen')}: ${name}`} closeButtonProps={{ 'aria-label': t('forms.cancel') }}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t(speaks ? 'atPhone.recordHelp' : 'atPhone.listenHelp')}
        </Text>
        {callId !== null ? (
          <Progress key={callId} callId={callId} onAgain={() => setCallId(null)} onClose={onClose} />
        ) : (
          <>
            {children}
            <PhoneChoice />
            {ring.isError && (
              <Text c="red" size="sm" role="alert">
                {errorText(ring.error)}
              </Text>
            )}
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                {t('forms.cancel')}
              </Button>
              <Button loading={ring.isPending} onClick={() => ring.mutate({ path, phone, more }, { onSuccess: started })}>
                {t('atPhone.start')}
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </Modal>
  );
}
