// One message, open: it is played, saved, passed on, deleted.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Voicemail } from '../../api/types';
import { useVoicemail, voicemailAudio, type Wish } from '../../api/voicemail';
import { Icon } from '../../shell/icons';
import { notifyError } from '../../shell/notify';
import { notifyUndoable } from '../../shell/notifyUndoable';
import { AtPhoneDialogue } from '../../sound/AtPhoneDialogue';
import { Forward } from './Forward';
import { Player } from './Player';

export function Message({ message, onGone }: { message: Voicemail; onGone: () => void }) {
  const { t } = useTranslation();
  const act = useVoicemail();
  const [forwarding, setForwarding] = useState(false);
  const [ringing, setRinging] = useState(false);
  const deleted = message.state === 'deleted';
  const wish = (to: Wish) => act.mutateAsync({ id: message.id, wish: to });
  const mark = (to: 'new' | 'old' | 'saved') => void wish({ to }).catch(notifyError);
  const remove = async () => {
    const back = message.state === 'saved' ? 'saved' : message.state === 'new' ? 'new' : 'old';
    try {
      await wish({ to: 'deleted' });
      onGone();
      if (!deleted) notifyUndoable(t('voicemail.deleted'), async () => void (await wish({ to: back }).catch(notifyError)));
    } catch (error) {
      notifyError(error);
    }
  };
  return (
    <Stack gap="sm" p="sm">
      <Player key={message.id} message={message} onPlayed={() => message.state === 'new' && mark('old')} />
      {message.forwarded_by && (
        <Text size="sm" c="dimmed">
          {t('voicemail.forwardedBy', { name: message.forwarded_by })}
        </Text>
      )}
      <Group gap="xs">
        {deleted ? (
          <Button size="xs" variant="default" leftSection={<Icon name="restore" size={14} />} onClick={() => mark('old')}>
            {t('voicemail.takeBack')}
          </Button>
        ) : (
          <>
            {message.state === 'saved' ? (
              <Button size="xs" variant="default" onClick={() => mark('old')}>
                {t('voicemail.unsave')}
              </Button>
            ) : (
              <Button size="xs" variant="default" leftSection={<Icon name="check" size={14} />} onClick={() => mark('saved')}>
                {t('voicemail.save')}
              </Button>
            )}
            {message.state === 'old' && (
              <Button size="xs" variant="default" onClick={() => mark('new')}>
                {t('voicemail.unhear')}
              </Button>
            )}
            <Button size="xs" variant="default" leftSection={<Icon name="right" size={14} />} onClick={() => setForwarding(true)}>
              {t('voicemail.forward')}
            </Button>
          </>
        )}
        <Button size="xs" variant="default" leftSection={<Icon name="phones" size={14} />} onClick={() => setRinging(true)}>
          {t('atPhone.listen')}
        </Button>
        <Button size="xs" variant="default" component="a" href={voicemailAudio(message, true)} download leftSection={<Icon name="download" size={14} />}>
          {t('voicemail.download')}
        </Button>
        <Button size="xs" variant="subtle" color="red" leftSection={<Icon name="trash" size={14} />} onClick={() => void remove()}>
          {t(deleted ? 'voicemail.deleteForGood' : 'voicemail.delete')}
        </Button>
      </Group>
      {ringing && <AtPhoneDialogue name={message.name || message.number || t('voicemail.anonymous')} path={`me/voicemails/${message.id}/play`} speaks={false} onClose={() => setRinging(false)} />}
      {forwarding && <Forward message={message} onClose={() => setForwarding(false)} />}
    </Stack>
  );
}
