//! Tokens for `agent_data`, as the receiver counts them.

/// The tokens that a receiver grants to the sender.
#[derive(Clone, Debug)]
pub(crate) struct ReceiveTokens {
    window: u32,
    /// Tokens that the sender has used and the receiver has not given back.
    used: u32,
}

impl ReceiveTokens {
    pub(crate) const fn new(window: u32) -> Self {
        Self { window, used: 0 }
    }

    /// The number of tokens that the sender gets first.
    pub(crate) const fn window(&self) -> u32 {
        self.window
    }

    /// Counts a received part.
    pub(crate) const fn count(&mut self) {
        self.used = self.used.saturating_add(1);
    }

    /// Returns the tokens to give back, once half of the window is used.
    pub(crate) fn give_back(&mut self) -> Option<u32> {
        let enough = (self.window / 2).max(1);
        (self.used >= enough).then(|| core::mem::take(&mut self.used))
    }

    /// Starts a new stream, whose sender gets a new window.
    pub(crate) const fn reset(&mut self) {
        self.used = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn used_tokens_are_given_back_in_halves_of_the_window() {
        let mut tokens = ReceiveTokens::new(10);
        for _ in 0..4 {
            tokens.count();
            assert_eq!(tokens.give_back(), None);
        }
        tokens.count();
        assert_eq!(tokens.give_back(), Some(5));
        assert_eq!(tokens.give_back(), None);
    }

    #[test]
    fn smallest_window_gives_each_token_back() {
        let mut tokens = ReceiveTokens::new(1);
        tokens.count();
        assert_eq!(tokens.give_back(), Some(1));
    }
}
