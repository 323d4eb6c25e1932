"""sVAE+ in PyTorch, eager, as its users write it: the model of the peers of train-step.mjs, epoch.mjs and svae.mjs."""
import torch

HIDDEN = 128


def layers(width_in, width, dropout):
    for inner in (width_in, width):
        yield torch.nn.Linear(inner, width)
        yield torch.nn.BatchNorm1d(width, eps=1e-3, momentum=0.01)
        yield torch.nn.ReLU()
        if dropout:
            yield torch.nn.Dropout(0.1)


class SparseVae(torch.nn.Module):
    """sVAE+ as its authors train it: Genentech/sVAE on scvi-tools 0.18."""

    def __init__(self, genes, perturbations, latent):
        super().__init__()
        self.encoder = torch.nn.Sequential(*layers(genes, HIDDEN, True))
        self.mean, self.variance = torch.nn.Linear(HIDDEN, latent), torch.nn.Linear(HIDDEN, latent)
        self.decoder = torch.nn.Sequential(*layers(latent, HIDDEN, False))
        self.output = torch.nn.Linear(HIDDEN, genes)
        self.log_theta = torch.nn.Parameter(torch.randn(genes))
        self.shift = torch.nn.Parameter(torch.randn(perturbations, latent))
        self.mask_logits = torch.nn.Parameter(torch.full((perturbations, latent), 5.0))

    def terms(self, counts, labels):
        library = counts.sum(1, keepdim=True)
        hidden = self.encoder(torch.log1p(counts))
        mean, variance = self.mean(hidden), self.variance(hidden).exp() + 1e-4
        latent = mean + variance.sqrt() * torch.randn_like(mean)
        logits = self.mask_logits[labels]
        uniform = torch.rand_like(logits)
        soft = torch.sigmoid(logits + torch.log(uniform) - torch.log1p(-uniform))
        mask = (soft > 0.5).float() - soft.detach() + soft
        prior = mask * self.shift[labels]
        kl = 0.5 * (variance + (mean - prior) ** 2 - 1 - variance.log()).sum(1)
        mu = torch.softmax(self.output(self.decoder(latent)), -1) * library
        theta = self.log_theta.exp()
        both = torch.log(theta + mu + 1e-8)
        likelihood = (
            theta * (torch.log(theta + 1e-8) - both)
            + counts * (torch.log(mu + 1e-8) - both)
            + torch.lgamma(counts + theta)
            - torch.lgamma(theta)
            - torch.lgamma(counts + 1)
        ).sum(1)
        return likelihood, kl

    def log_open(self, almost_one):
        """log(1 - q) of the edges, kept finite."""
        return torch.log1p(-almost_one * torch.sigmoid(self.mask_logits))
