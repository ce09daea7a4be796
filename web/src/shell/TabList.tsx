// The tabs of an editor; one with a mistake in it is marked.
import { Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from './icons';

interface Tab {
  id: string;
  text: string;
  wrong?: boolean;
}

export function TabList({ tabs }: { tabs: Tab[] }) {
  const { t } = useTranslation();
  return (
    <Tabs.List>
      {tabs.map(({ id, text, wrong }) => (
        <Tabs.Tab key={id} value={id} c={wrong ? 'red' : undefined} rightSection={wrong && <Icon name="warning" size={14} />}>
          {text}
          {wrong && <span className="visually-hidden">{t('forms.tabWrong')}</span>}
        </Tabs.Tab>
      ))}
    </Tabs.List>
  );
}
