/** The roles that every installation starts with, and what each permits. Roles that exist by name stay as they are. */
export const STANDARD_ROLES = {
  admin: {
    description: 'everything',
    granted: [
      'users:read',
      'users:write',
      'roles:read',
      'roles:write',
      'artists:write',
      'businesses:read',
      'businesses:write',
      'businesses:delete',
      'compliance:write',
      'moderation:read',
      'moderation:write',
      'campaigns:read',
      'campaigns:write',
      'audit:read',
      'operations:read',
      'operations:write',
      'database:read',
      'database:signal',
    ],
  },
  analyst: {
    description: 'knows businesses: reads and assesses them',
    granted: ['businesses:read', 'businesses:write', 'compliance:write'],
  },
  moderator: {
    description: 'keeps shared content decent',
    granted: ['moderation:read', 'moderation:write', 'artists:write'],
  },
  user: {
    description: 'what is theirs, and the shared register of businesses',
    granted: ['businesses:read', 'businesses:write'],
  },
} as const;
