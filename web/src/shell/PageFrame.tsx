// The heading every page starts with, and the space around it.
import { Box, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { useCalling } from '../api/manager';
import { Icon } from './icons';
import classes from './shell.module.css';

interface PageFrameProps {
  title: string;
  up?: { to: string; text: string };
  badge?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

export function PageFrame({ title, up, badge, actions, children }: PageFrameProps) {
  const { t } = useTranslation();
  const calling = useCalling();
  useDocumentTitle(`${calling ? `☎ ${calling} · ` : ''}${title} · ${t('shell.product')}`);
  return (
    <Box p="md">
      <div className={classes.pageHead}>
        {up && (
          <Link to={up.to} className={classes.crumb}>
            <Icon name="left" size={14} /> {up.text}
          </Link>
        )}
        <Title order={1}>{title}</Title>
        {badge}
        <span className={classes.spacer} />
        {actions}
      </div>
      {children}
    </Box>
  );
}
