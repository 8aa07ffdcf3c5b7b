package dev.duet.hazelcast.internal;

import dev.duet.store.ChangeListener;
import dev.duet.store.Effect;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A message of the feed: an effect that is to be broadcast, as bytes. */
final class Message {

    private Message() {}

    static byte[] of(Effect effect) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            Wire.writeEffect(out, effect);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static void deliver(byte[] message, ChangeListener listener) {
        Effect effect;
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(message))) {
            effect = Wire.readEffect(in);
        } catch (IOException | RuntimeException e) {
            listener.onUnreadable("a message of " + message.length + " bytes: " + e);
            return;
        }
        if (effect instanceof Effect.Changed changed) {
            listener.onChange(changed.change());
        } else if (effect instanceof Effect.Hinted hinted) {
            hinted.tell(listener);
        } else {
            listener.onUnreadable(
                    "a message that is no change: " + effect.getClass().getSimpleName());
        }
    }
}
