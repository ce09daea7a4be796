// How many messages nobody has listened to.
import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNewMessages } from '../api/voicemail';

export function NewMessagesBadge() {
  const { t } = useTranslation();
  const count = useNewMessages();
  if (count === 0) return null;
  return (
    <Badge color="brass" variant="filled" size="sm" ml="auto" aria-label={t('voicemail.unheard', { count })}>
      {count}
    </Badge>
  );
}
