// Asks before something is lost.
import { Button, Group, Modal, Text } from '@mantine/core';
import { useCallback, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface Question {
  title: string;
  text: string;
  confirm: string;
}

interface Asked extends Question {
  answer: (yes: boolean) => void;
}

/** Returns how to ask, and the dialogue to put somewhere on the page. */
export function useConfirm(): [(question: Question) => Promise<boolean>, ReactNode] {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Asked | null>(null);

  const ask = useCallback(
    (question: Question) => new Promise<boolean>((answer) => setAsked({ ...question, answer })),
    [],
  );
  const reply = (yes: boolean) => {
    asked?.answer(yes);
    setAsked(null);
  };

  const dialogue = (
    <Modal opened={asked !== null} onClose={() => reply(false)} title={asked?.title} size="sm" closeButtonProps={{ 'aria-label': t('forms.cancel') }}>
      <Text size="sm">{asked?.text}</Text>
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={() => reply(false)} data-autofocus>
          {t('forms.cancel')}
        </Button>
        <Button color="red" onClick={() => reply(true)}>
          {asked?.confirm}
        </Button>
      </Group>
    </Modal>
  );
  return [ask, dialogue];
}
