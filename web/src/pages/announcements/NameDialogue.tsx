// The name of an announcement, new or old.
import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useNameAnnouncement, type AnnouncementList } from '../../api/announcements';
import type { Announcement } from '../../api/types';
import { fieldLabel } from '../../forms/texts';
import { errorText } from '../../shell/notify';

const NAME_MAX = 60;

interface NameDialogueProps {
  list: AnnouncementList;
  announcement: Announcement | null;
  onClose: () => void;
}

export function NameDialogue({ list, announcement, onClose }: NameDialogueProps) {
  const { t } = useTranslation();
  const [name, setName] = useState(announcement?.name ?? '');
  const store = useNameAnnouncement(list);
  const save = (event: FormEvent) => {
    event.preventDefault();
    store.mutate({ id: announcement?.id ?? null, name: name.trim() }, { onSuccess: onClose });
  };
  return (
    <Modal opened onClose={onClose} size="sm" title={t(announcement ? 'announcements.rename' : 'announcements.new')} closeButtonProps={{ 'aria-label': t('forms.cancel') }}>
      <form onSubmit={save}>
        <TextInput
          data-autofocus
          label={fieldLabel('announcement', 'name')}
          value={name}
          maxLength={NAME_MAX}
          error={store.isError ? errorText(store.error) : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('forms.cancel')}
          </Button>
          <Button type="submit" loading={store.isPending} disabled={!name.trim()}>
            {t(announcement ? 'forms.save' : 'forms.create')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
