/** Puts a recorded release of a live job in the place of one that went wrong. */
package io.plumbline.savepoints.rollback;
